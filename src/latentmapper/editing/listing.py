"""Sliders as a table for people: what each is about and how well it works."""

from collections.abc import Mapping, Sequence

from latentmapper.editing.sliders import Slider

HEAD = ("slider", "from", "to", "kind", "unit", "mean", "one step", "right", "brings", "others")
UP = 3
"""Where a step of one stands in a slider's effect."""


def table(
    sliders: Sequence[Slider], measured: Mapping[str, float] | None = None, length: float | None = None
) -> str:
    """A Markdown table, a slider a row.

    `mean` and `one step` are in the slider's unit; `right` is the share of test codes that a step of one
    moved the right way, `brings` how much of the step the decoded meshes show, and `others` by how many
    standard deviations the measures that should stay as they are change on average.

    Parameters
    ----------
    measured : what a shape measures, by the names of sliders; it becomes the last column, `now`.
    length : metres from front to rear, where measures of the unit "m" are in metres.
    """
    rows = [HEAD, tuple("-" * len(title) for title in HEAD), *(_row(each, length or 1.0) for each in sliders)]
    if measured is not None:
        taken = [measured.get(slider.name) for slider in sliders]
        now = ["now", "---", *("" if value is None else f"{value:.3g}" for value in taken)]
        rows = [(*row, value) for row, value in zip(rows, now, strict=True)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows)


def _row(slider: Slider, length: float) -> tuple[str, ...]:
    scale = length if slider.unit == "m" else 1.0
    return (
        slider.name,
        slider.less,
        slider.more,
        slider.kind,
        "lengths" if slider.unit == "m" and length == 1.0 else slider.unit,
        f"{slider.mean * scale:.3g}",
        f"{slider.deviation * scale:.3g}",
        f"{slider.right:.0%}",
        f"{slider.effect[UP]:+.2f}",
        f"{talk(slider):.2f}",
    )


def talk(slider: Slider) -> float:
    """By how many standard deviations the other measures change on average at a step of one."""
    changes = slider.cross_talk.values()
    return sum(changes) / len(changes) if changes else 0.0
