"""The sliders of a shape, laid out for a terminal."""

from collections.abc import Mapping, Sequence

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from latentmapper.editing.listing import UP, talk
from latentmapper.editing.sliders import Slider

KINDS = {
    "measured": "Measured on the mesh, for --set and --move",
    "label": "Kinds of shapes, for --move",
    "principal": "Principal directions of the codes, for --move",
    "closed-form": "Directions of the shape model, for --move",
}
LEGEND = (
    "+1: what one step makes; usual: mean of the known shapes, and one step; share: of these that are so\n"
    "right: test shapes that a step moved the right way; brings: share of the step that their meshes show\n"
    "others: standard deviations by which other measures change"
)


def slider_tables(sliders: Sequence[Slider], measured: Mapping[str, float], length: float | None) -> Group:
    """A table for each kind of sliders, that 80 columns hold.

    Parameters
    ----------
    measured : what the shape measures, by the names of sliders.
    length : metres from front to rear, where measures of the unit "m" are in metres.
    """
    tables = []
    for kind in dict.fromkeys(slider.kind for slider in sliders):
        own = [slider for slider in sliders if slider.kind == kind]
        facts = {slider.name: _facts(slider, measured.get(slider.name), length) for slider in own}
        tables += [Text(KINDS.get(kind, kind), "bold"), _table(own, facts)]
    return Group(*tables, Text(LEGEND, "dim"))


def _table(sliders: Sequence[Slider], facts: Mapping[str, Mapping[str, str]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=0, pad_edge=False)
    table.add_column("slider", overflow="fold", min_width=14)
    table.add_column("+1", overflow="fold")
    heads = list(facts[sliders[0].name])
    for head in (*heads, "right", "brings", "others"):
        table.add_column(head, justify="right", no_wrap=True)
    for slider in sliders:
        proof = [f"{slider.right:.0%}", f"{slider.effect[UP]:+.2f}", f"{talk(slider):.2f}"]
        cells = [slider.name, slider.more, *facts[slider.name].values(), *proof]
        table.add_row(*map(Text, cells))
    return table


def _facts(slider: Slider, now: float | None, length: float | None) -> dict[str, str]:
    """Where the shape and the known shapes stand, as far as the kind of slider has it."""
    if slider.kind == "label":
        return {"share": f"{slider.mean:.0%}"}
    if slider.kind != "measured":
        return {}
    scale = length if length is not None and slider.unit == "m" else 1.0
    return {
        "now": "" if now is None else f"{now:.3g}",
        "usual": f"{slider.mean * scale:.3g} ± {slider.deviation * scale:.2g}",
        "unit": "lengths" if slider.unit == "m" and length is None else slider.unit,
    }
