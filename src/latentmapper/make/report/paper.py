"""What the 3D-LatentMapper paper reports (Dirik and Yanardag, tables 3 to 5): other data, other machines."""

from latentmapper.make.dataset.view_recipe import PAPER
from latentmapper.make.report.blocks import Table

CATEGORIES = ("car", "airplane")

METHODS = ("AtlasNet-Sph", "AtlasNet-25", "IM-Net", "3D-LatentMapper")
ERRORS = {
    "AtlasNet-Sph": ("92.48", "46.17", "21.03", "14.32"),
    "AtlasNet-25": ("82.34", "38.45", "18.23", "13.29"),
    "IM-Net": ("3.539", "4.166", "3.24", "3.04"),
    "3D-LatentMapper": ("2.438", "3.144", "2.62", "2.16"),
}
"""Table 3: Chamfer distance of cars and airplanes x 1000, EMD of cars and airplanes x 100."""
FEATURES = {
    "Real-time generation": ("No", "Yes", "No"),
    "Real-time manipulation": ("Yes", "Yes", "No"),
    "High-quality surface": ("Yes", "No", "Yes"),
    "High-quality reconstruction": ("Yes", "No", "Yes"),
    "View-agnostic reconstruction": ("Yes", "No", "No"),
}
"""Table 4: the paper's own system, AtlasNet, IM-NET."""
SECONDS = {"AtlasNet-Sph": "0.078", "AtlasNet-25": "0.112", "IM-Net": "13.280", "3D-LatentMapper": "8.030"}
"""Table 5: inference time."""

AZIMUTHS = tuple(sorted(-yaw % 360 for yaw in PAPER.yaws))
"""Where a camera that goes around sees what the nine turned shapes show one that stands still, degrees."""


def errors(category: str) -> Table | None:
    """Table 3 of one category; None where the paper has none."""
    if category not in CATEGORIES:
        return None
    column = CATEGORIES.index(category)
    rows = [[name, ERRORS[name][column], ERRORS[name][column + 2]] for name in METHODS]
    caption = (
        "The paper's table 3, on ShapeNetV2 with its own pictures: nothing that a row of ours compares with. "
        "Its EMD sums Manhattan distances of nearest points, which is called nearest Manhattan here."
    )
    return Table(["method", "Chamfer x 1000", "EMD x 100"], rows, caption, foreign=True)


def features() -> Table:
    """Table 4."""
    rows = [[name, *values] for name, values in FEATURES.items()]
    caption = "The paper's table 4, which asserts and does not measure."
    return Table(["", "3D-LatentMapper", "AtlasNet", "IM-NET"], rows, caption, foreign=True)


def seconds() -> Table:
    """Table 5."""
    caption = "The paper's table 5: on a graphics processor, an NVIDIA Titan RTX."
    return Table(["method", "seconds"], [[name, SECONDS[name]] for name in METHODS], caption, foreign=True)
