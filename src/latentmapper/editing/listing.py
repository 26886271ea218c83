"""Sliders as a table for people: what each is about and how well it works."""

from collections.abc import Sequence

from latentmapper.editing.sliders import Slider

HEAD = ("slider", "from", "to", "kind", "unit", "mean", "one step", "right", "brings", "others")
UP = 3
"""Where a step of one stands in a slider's effect."""


def table(sliders: Sequence[Slider]) -> str:
    """A Markdown table, a slider a row.

    `mean` and `one step` are in the slider's unit; `right` is the share of test codes that a step of one
    moved the right way, `brings` how much of the step the decoded meshes show, and `others` by how many
    standard deviations the measures that should stay as they are change on average.
    """
    rows = [HEAD, tuple("-" * len(title) for title in HEAD), *map(_row, sliders)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows)


def _row(slider: Slider) -> tuple[str, ...]:
    return (
        slider.name,
        slider.less,
        slider.more,
        slider.kind,
        slider.unit,
        f"{slider.mean:.3g}",
        f"{slider.deviation:.3g}",
        f"{slider.right:.0%}",
        f"{slider.effect[UP]:+.2f}",
        f"{talk(slider):.2f}",
    )


def talk(slider: Slider) -> float:
    """By how many standard deviations the other measures change on average at a step of one."""
    changes = slider.cross_talk.values()
    return sum(changes) / len(changes) if changes else 0.0
