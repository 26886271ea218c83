"""Parametric vehicles: generators of watertight, labelled cars and airplanes."""
