"""The report as Markdown, for people."""

import textwrap
from collections.abc import Sequence
from typing import Any

from latentmapper.make.evaluation.azimuths import Curve, curves, sectors
from latentmapper.make.evaluation.comparison import ALIGNED, ALWAYS, metric_of
from latentmapper.make.evaluation.report import ORIGINS, Row, recognised

ESCAPED = r"\|"
"""A bar that is no border."""
MEANINGS = {
    "f_score_01": "F@0.01, F@0.02: F-score at these distances.",
    "f_score_02": "F@0.01, F@0.02: F-score at these distances.",
    "chamfer_in_place": "Chamfer in place: answers are neither centred nor scaled, but stay in the "
    "frame of the training shapes, as the pack gives them.",
    "chamfer_l1": "Chamfer-L1: half the sum of the two mean nearest-neighbour distances, in % of the radius.",
    "nearest_manhattan": "Nearest Manhattan: sum of the two mean Manhattan distances between nearest points, "
    "in % of the radius; 3D-LatentMapper calls it EMD.",
    "emd": "EMD: mean distance of the best one-to-one matching, in % of the radius, of {emd_points:,} "
    "points on {emd_views} views a shape.",
    "emd_manhattan": "EMD Manhattan: mean Manhattan distance of the best one-to-one matching, in % of the "
    "radius, of {emd_points:,} points on {emd_views} views a shape.",
    "emd_all": "EMD all points: mean distance of the best one-to-one matching, in % of the radius, of all "
    "{points:,} points, on one picture a shape.",
    "emd_all_manhattan": "EMD Manhattan all points: mean Manhattan distance of the best one-to-one matching, "
    "in % of the radius, of all {points:,} points, on one picture a shape.",
    "iou": "IoU: common volume by that of both, on {cells}^3 cells over the cube -1..1.",
    "normal_consistency": "Normals: mean absolute cosine between normals of nearest points.",
    "watertight": "Watertight: share of the answers whose mesh is closed and oriented.",
}
"""What the legend says of metrics that are not always taken; the fields of the protocol are filled in."""


def as_markdown(header: dict[str, Any], table: Sequence[Row], results: Sequence[dict[str, Any]]) -> str:
    """The report as Markdown: what was measured, the tables of each origin, what the columns mean."""
    protocol = header["protocol"]
    parts = [
        f"# {header['pack']['id']} on {header['store']['category']} shapes{_seen(header['store'])}",
        f"Protocol `{protocol['id']}`, split `{header['store']['split']}`, "
        f"pack `{header['pack']['hash'][:12]}`, data `{header['store']['hash'][:12]}`{way(header)}. Made by:",
        f"```\n{header['command']}\n```",
    ]
    around = curves(protocol, results)
    for origin in dict.fromkeys(row.origin for row in table):
        parts += [
            f"## {ORIGINS[origin].capitalize()}",
            markdown_table(*main_table([row for row in table if row.origin == origin])),
            "Mean Chamfer distance by azimuth, in sectors of 45 degrees about these, and at 270 to 330 "
            "against the rest:",
            _azimuth_table([curve for curve in around if curve.origin == origin]),
        ]
    shares = ", ".join(f"{name} {share:.1%}" for name, share in recognised(results).items())
    taken = [name for row in table for name in row.numbers if name not in ALWAYS]
    parts += [f"Pictures that the pack takes for its category: {shares}.", legend(protocol, taken)]
    return "\n\n".join(parts) + "\n"


def _seen(store: dict[str, Any]) -> str:
    """What the shapes are to the pack, to stand behind them; nothing where it knows some of them."""
    unseen = "" if store.get("known") else " it has not seen"
    return {"train": " it has learned from", "all": ""}.get(store["split"], unseen)


def way(report: dict[str, Any]) -> str:
    """How the pack looked at pictures, to stand behind a comma; nothing of results that do not tell."""
    return "".join(f", {name} {value}" for name, value in report.get("way", {}).items())


def title(measure: str) -> str:
    """Heading of a measure's column."""
    return metric_of(measure).title + (" (aligned)" if measure.startswith(ALIGNED) else "")


def shown(measure: str, value: float) -> str:
    """A value of a measure: shares with three decimals, distances with two."""
    return f"{value:.3f}" if metric_of(measure).better > 0 else f"{value:.2f}"


def markdown_table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells under titles; a bar in a cell stays in it."""
    lines = [f"| {' | '.join(cell.replace('|', ESCAPED) for cell in cells)} |" for cells in (titles, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(titles), *lines[1:]])


def main_table(table: Sequence[Row]) -> tuple[list[str], list[list[str]]]:
    """Titles and cells of all that was measured."""
    others = list(dict.fromkeys(name for row in table for name in row.numbers if name not in ALWAYS))
    titles = ["pictures", "method", "shapes (groups)", "samples", "failed", "Chamfer mean [95 %]", "median"]
    titles += ["90th", *(title(name) for name in ("f_score", *others))]
    return titles, [_cells(row, others) for row in table]


def _cells(row: Row, others: Sequence[str]) -> list[str]:
    c = row.numbers["chamfer"]
    cells = [row.condition, row.method, f"{row.shapes} ({row.groups})", str(row.samples), str(row.failed)]
    cells += [f"{c.mean:.2f} [{c.low:.2f}, {c.high:.2f}]", f"{c.median:.2f}", f"{c.ninetieth:.2f}"]
    means = {name: shown(name, each.mean) for name, each in row.numbers.items()}
    return [*cells, *(means.get(name, "") for name in ("f_score", *others))]


def _azimuth_table(around: Sequence[Curve]) -> str:
    titles = ["pictures", "method", *(str(45 * i) for i in range(8)), "270-330 / rest"]
    rows = []
    for curve in around:
        values = ["" if value is None else f"{value:.2f}" for value in sectors(curve)]
        ratio = "" if curve.side_ratio is None else f"{curve.side_ratio:.2f}"
        rows.append([curve.condition, curve.method, *values, ratio])
    return markdown_table(titles, rows)


def legend(protocol: dict[str, Any], taken: Sequence[str]) -> str:
    """What the columns mean, for the metrics that were taken."""
    elevations = "/".join(f"{value:g}" for value in protocol["elevations"])
    low, high = (f"{100 * value:g}" for value in protocol["hidden"])
    points, resolution = f"{protocol['points']:,}", protocol["resolution"]
    views = f"{protocol['views_per_shape']} of {protocol['azimuths']} azimuths x elevations {elevations}"
    names = [name.removeprefix(ALIGNED) for name in taken]
    further = [MEANINGS[name].format(**protocol) for name in names if name in MEANINGS]
    if any(name.startswith(ALIGNED) for name in taken):
        further.append("Aligned: after the similarity (scale, rotation, shift) that fits the points best.")
    text = f"""
    Chamfer: sum of the two mean squared nearest-neighbour distances, x 1000, between {points} points seen
    from outside on each mesh; F-score at {protocol["threshold"]}. Both meshes are centred by bounding box
    and scaled to farthest radius 1, with no further alignment; reconstructions are extracted at
    {resolution}^3. {views} a shape. Occluded: {low}-{high} % of the object hidden, on cluttered backgrounds.
    `any`: the answer does not depend on the picture. Intervals: bootstrap over groups. A failure counts, as
    a single point at the origin. Refusals failed: so do pictures that the pack does not take for its
    category; without such pictures there is no such row. Ceiling: the code fitted to the true mesh.
    {" ".join(dict.fromkeys(further))}"""
    return textwrap.fill(" ".join(text.split()), 110)
