"""One number that is taken of every mesh of a category."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """What is measured, and what people call more and less of it."""

    name: str
    """What commands call it."""
    label: str
    """What people read."""
    unit: str
    """"m" where a length in metres makes metres of it (else lengths of the object), "degrees" or "share"."""
    less: str
    """"lower": said of a shape with less of it, as "a lower car" or "a car with a shorter bonnet"."""
    more: str
    """"taller"."""
    parts: tuple[str, ...] = ()
    """Measures that it is made of, and which move with it."""
