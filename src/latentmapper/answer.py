"""What a mapper answers to a photo: the code of a shape, its view, and where in the photo the object is."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from latentmapper.mapping import Mapping
from latentmapper.observer import Seen
from latentmapper.photo.framing import Box
from latentmapper.photo.placing import place
from latentmapper.stopwatch import Stopwatch
from latentmapper.view import View

if TYPE_CHECKING:
    from latentmapper.refinement import Refined


@dataclass(frozen=True, eq=False)
class Answer:
    """What shape a photo shows, from where, and where in it."""

    code: NDArray[np.float32]
    """(d,) latent code."""
    mapping: Mapping
    """What the mapper said; `refined` may have led to another code and view."""
    view: View | None
    """From where the photo was taken; None where the pack does not tell it."""
    box: Box | None
    """Top, left, bottom and right of the object, in heights and widths of the photo; None where not known."""
    refined: "Refined | None"
    """How code and view were adjusted to the mask; None where they were not."""
    warnings: tuple[str, ...]

    @classmethod
    def of(cls, seen: Seen, refine: int, resolution: int, clock: Stopwatch) -> "Answer":
        """Map what was seen to a code and a view, and adjust both to the mask in `refine` steps.

        `resolution` is that of the surface to come, which has to fit the mask.
        """
        pack, found = seen.pack, seen.found
        with clock("map"):
            mapping = pack.map(seen.descriptors)
        view, doubted = mapping.view, mapping.view.doubts if mapping.view else ()
        box = None if view is None else place(seen.photo, found, pack.box(seen.tokens))
        if not refine:
            return cls(mapping.code, mapping, view, box, None, doubted)
        from latentmapper.refinement import refine_mapping

        with clock("refine"):
            refined, unrefined = refine_mapping(pack, mapping, box, found.mask, refine, resolution)
        code, view = (refined.code, refined.view) if refined else (mapping.code, view)
        return cls(code, mapping, view, box, refined, (*doubted, *unrefined))
