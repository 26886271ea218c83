"""Parametric vehicles: generators of watertight, labelled cars and airplanes."""

SOURCE, LICENSE = "parametric", "CC0-1.0"
"""Of all of them."""
