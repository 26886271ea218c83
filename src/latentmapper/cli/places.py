"""Options that name a place: a path, or a URL of an object storage; and options that name a path alone."""

from pathlib import Path
from typing import Annotated

from tyro.constructors import ConstructorRegistry, PrimitiveConstructorSpec, PrimitiveTypeInfo

from latentmapper.errors import UsageError
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
PATHS = ConstructorRegistry()
"""While this context lasts, tyro refuses URLs for paths: they would name folders such as "s3:"."""


@PATHS.primitive_rule
def _path(info: PrimitiveTypeInfo) -> PrimitiveConstructorSpec[Path] | None:
    if info.type is not Path:
        return None
    return PrimitiveConstructorSpec(
        nargs=1,
        metavar="PATH",
        instance_from_str=lambda words: Path(refuse_url(words[0])),
        is_instance=lambda value: isinstance(value, Path),
        str_from_instance=lambda value: [str(value)],
    )


def refuse_url(word: str) -> str:
    """The path as it was typed. Raises `UsageError` for a URL."""
    if "://" in word:
        raise UsageError(f"{word}: this option takes a path of this machine, not a URL")
    return word
