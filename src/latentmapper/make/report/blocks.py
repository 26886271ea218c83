"""What a page is made of, before it becomes HTML or Markdown; all text is plain text."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

Tone = Literal["", "good", "bad", "open"]
"""What a cell says, to be seen at a glance: it is in its words as well."""


@dataclass(frozen=True)
class Picture:
    """A small picture."""

    name: str
    """Of its file, without folder."""
    alt: str
    """What it shows, in words."""
    data: bytes = field(repr=False)
    """A JPEG file."""


@dataclass(frozen=True)
class Cell:
    """One field of a table."""

    text: str = ""
    pictures: tuple[Picture, ...] = ()
    tone: Tone = ""


@dataclass(frozen=True)
class Heading:
    """Of what follows within a section."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    kind: ClassVar[str] = "text"
    text: str


@dataclass(frozen=True)
class Code:
    """Something to be typed into a terminal."""

    kind: ClassVar[str] = "code"
    text: str


@dataclass(frozen=True)
class Table:
    """Rows under titles."""

    kind: ClassVar[str] = "table"
    titles: Sequence[str]
    rows: Sequence[Sequence[Cell | str]]
    caption: str = ""
    foreign: bool = False
    """Whether the figures are of other data, which is to be seen at once."""
    folded: bool = False
    """Whether it is shown on demand."""

    @property
    def cells(self) -> list[list[Cell]]:
        """All rows as cells."""
        return [[cell if isinstance(cell, Cell) else Cell(cell) for cell in row] for row in self.rows]


@dataclass(frozen=True)
class Chart:
    """A drawing."""

    kind: ClassVar[str] = "chart"
    name: str
    """Of its file, without folder."""
    alt: str
    svg: str
    """An SVG element without references; trusted, since what it holds of others is escaped."""
    caption: str = ""


@dataclass(frozen=True)
class Model:
    """A mesh to be turned, as base64 of little-endian arrays."""

    title: str
    positions: str
    """(v, 3) int16, 30000 at 1."""
    normals: str
    """(v, 4) int8, the fourth unused."""
    indices: str
    """(f, 3) uint16."""


@dataclass(frozen=True)
class Scene:
    """Meshes that turn together."""

    kind: ClassVar[str] = "scene"
    title: str
    azimuth: float
    """Degrees, from where it is seen at first."""
    elevation: float
    """Degrees."""
    models: Sequence[Model]


@dataclass(frozen=True)
class Beside:
    """Tables or scenes side by side, where there is room."""

    kind: ClassVar[str] = "beside"
    blocks: Sequence[Table | Scene]


Block = Heading | Text | Code | Table | Beside | Chart | Scene


@dataclass(frozen=True)
class Section:
    """Blocks under a heading."""

    title: str
    anchor: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Page:
    """The whole report."""

    title: str
    introduction: Sequence[Block]
    sections: Sequence[Section]
