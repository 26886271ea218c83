"""What a pack's metadata holds of its evaluations, as rows of text for people."""

from typing import Any

HEAD = ("origin", "pictures", "method", "shapes", "samples", "Chamfer mean [95 %]", "median", "F-score")


def cells(measurement: dict[str, Any]) -> list[tuple[str, ...]]:
    """One tuple of texts for each row, in the order of `HEAD`.

    Parameters
    ----------
    measurement : one entry of `results` in pack.json; Chamfer distances are squared, x 1000, canonical frame.
    """
    return [_cells(row) for row in measurement["rows"]]


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    c = row["chamfer"]
    interval = f"{c['mean']:.2f} [{c['low']:.2f}, {c['high']:.2f}]"
    counts = str(row["shapes"]), str(row["samples"])
    numbers = interval, f"{c['median']:.2f}", f"{row['f_score']['mean']:.3f}"
    return row["origin"], row["condition"], row["method"], *counts, *numbers
