"""Options that name a place: a path, or a URL of an object storage."""

from typing import Annotated

from tyro.constructors import PrimitiveConstructorSpec

from latentmapper.places import Place, place

PlaceOption = Annotated[
    Place,
    PrimitiveConstructorSpec(
        nargs=1,
        metavar="PATH|URL",
        instance_from_str=lambda words: place(words[0]),
        is_instance=lambda value: isinstance(value, Place),
        str_from_instance=lambda value: [str(value)],
    ),
]
"""What tyro reads by `place`."""
