"""What pages ask of the studio, and what it tells them, as JSON."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from latentmapper.ranges import RESOLUTIONS
from latentmapper.server.schema import LENGTHS, LONGEST_NAME, MOST_FACES
from latentmapper.shapes.decimation import FEWEST
from latentmapper.shapes.export import Format

LONGEST_CODE = 4096
MOST = 1000.0
"""Size of a code's numbers, which are around 1 where shapes are known."""
FARTHEST = 10.0
"""Standard deviations that a slider may be asked to move."""
SLIDERS = 64
CODES = 8
FRAMES = (2, 240)

Code = Annotated[
    list[Annotated[float, Field(ge=-MOST, le=MOST, allow_inf_nan=False)]],
    Field(min_length=1, max_length=LONGEST_CODE),
]
Move = Annotated[float, Field(ge=-FARTHEST, le=FARTHEST, allow_inf_nan=False)]
_FROM_FLOAT = BeforeValidator(lambda value: _whole(value))
Whole = Annotated[int, _FROM_FLOAT]
Faces = Annotated[int, Field(ge=FEWEST, le=MOST_FACES), _FROM_FLOAT]
Name = Annotated[str, Field(max_length=LONGEST_NAME)]


def _whole(value: Any) -> Any:
    """JSON has one kind of number: 64.0 is the integer 64."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    category: Name = Field(description="Whose pack the codes are of.")
    session: Name = Field(default="", description="Of its requests only the newest counts; without, all do.")


class Shape(_Strict):
    """A code, and what to make of it."""

    code: Code = Field(description="As mesh files carry it.")
    sliders: dict[Name, Move] = Field(
        default_factory=dict, max_length=SLIDERS, description="Name: standard deviations to move it by."
    )
    format: Literal["draft", "mesh", Format] = Field(
        default="mesh",
        description="mesh: packed, for pages; draft: that without clean-up and checks, while a slider moves.",
    )
    resolution: Whole = Field(default=64, ge=RESOLUTIONS[0], le=RESOLUTIONS[1])
    faces: Faces | None = None
    length: float | None = Field(default=None, ge=LENGTHS[0], le=LENGTHS[1], allow_inf_nan=False)
    photo_sha256: str | None = Field(
        default=None, pattern="^[0-9a-f]{64}$", description="For the file's provenance."
    )


class Path(_Strict):
    """Codes to go along."""

    codes: list[Code] = Field(min_length=2, max_length=CODES)
    count: Whole = Field(default=32, ge=FRAMES[0], le=FRAMES[1], description="Codes to return.")


class Stations(BaseModel):
    """Codes between which the surface moves by equal amounts."""

    codes: list[list[float]]


class SliderInfo(BaseModel):
    """One thing about a shape that can be changed."""

    name: str
    label: str = Field(description="For people.")
    kind: str = Field(description="measured, label, principal or closed-form.")
    low: float = Field(description="Least position, standard deviations.")
    high: float


class PackInfo(BaseModel):
    """What can be made."""

    id: str
    sha256: str = Field(description="Of the pack, as mesh files name it.")
    category: str
    license: str = Field(description="SPDX expression.")
    sliders: list[SliderInfo] = Field(description="None where the pack has none.")
    corresponds: bool = Field(description="Whether packed meshes tell where vertices lie on its template.")
