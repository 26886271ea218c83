"""What goes in and out as JSON or form fields; the OpenAPI document is made from these."""

from datetime import UTC, datetime
from pathlib import PurePath
from typing import Annotated, Any, Literal

from fastapi import UploadFile
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from latentmapper.batch import Options
from latentmapper.ranges import RESOLUTIONS, STEPS
from latentmapper.server.desk import State, Status
from latentmapper.shapes.decimation import FEWEST
from latentmapper.shapes.export import Format

LENGTHS = (0.001, 1000.0)
"""Metres from front to rear."""
MOST_FACES = 10_000_000
LONGEST_NAME = 100
DEFAULT_NAME = "picture"
MEDIA_TYPES: dict[Format, str] = {
    "glb": "model/gltf-binary",
    "obj": "model/obj",
    "ply": "application/octet-stream",
    "stl": "model/stl",
}

PHOTO_TYPES = (
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/tiff",
    "image/bmp",
    "image/gif",
    "image/avif",
    "image/heic",
)


class Settings(BaseModel):
    """What, besides the photo, decides the mesh."""

    model_config = ConfigDict(extra="forbid")

    category: str = Field("auto", description="What the photo shows; auto decides, and refuses other things.")
    format: Format = Field("glb", description="Kind of mesh file.")
    resolution: int = Field(
        128, ge=RESOLUTIONS[0], le=RESOLUTIONS[1], description="Cells along each side of the lattice."
    )
    # Ranges stand with the number: a form has no null, and neither has its documentation.
    faces: Annotated[int, Field(ge=FEWEST, le=MOST_FACES)] | SkipJsonSchema[None] = Field(
        None, description="Reduce the mesh to about this many triangles."
    )
    length: (
        Annotated[float, Field(ge=LENGTHS[0], le=LENGTHS[1], allow_inf_nan=False)] | SkipJsonSchema[None]
    ) = Field(None, description="Metres from front to rear; the file is then in metres (stl: millimetres).")
    force: bool = Field(False, description="Reconstruct even what shows none of the categories.")

    foreground: Literal["alpha", "bundled", "none"] = Field(
        "alpha", description="What cuts the object out: the photo's transparency, the pack, or nothing."
    )
    refine: int = Field(
        0,
        ge=0,
        le=STEPS,
        description="Steps in which shape and view are adjusted until the silhouette fits the mask.",
    )

    def options(self) -> Options:
        """The same, as the rest of the package knows it."""
        known = {name: getattr(self, name) for name in Settings.model_fields}
        return Options(**known, mask=True)


class Submission(Settings):
    """A photo and what to make of it."""

    photo: UploadFile = Field(description="JPEG, PNG, WebP, TIFF, BMP, GIF, AVIF or HEIC.")
    mask: UploadFile | SkipJsonSchema[None] = Field(
        None, description="White, or opaque, where the object is; exactly as large as the photo."
    )

    @property
    def name(self) -> str:
        """What messages call the photo: the last part of its file name, without what cannot be printed."""
        last = PurePath((self.photo.filename or "").replace("\\", "/")).name.lstrip(".")
        return "".join(filter(str.isprintable, last))[:LONGEST_NAME] or DEFAULT_NAME


class MeshFile(BaseModel):
    """The mesh, as `/result` gives it."""

    media_type: str
    size: int = Field(description="Bytes.")
    sha256: str


class JobStatus(BaseModel):
    """A job as it stands."""

    id: str
    status: Status = Field(
        description="queued, running, made, refused (it shows no known category) or failed."
    )
    name: str = Field(description="What messages call the photo.")
    options: dict[str, Any]
    created: datetime
    ahead: int = Field(description="Jobs that come before it.")
    message: str | None = Field(description="Why there is no mesh.")
    result: dict[str, Any] | None = Field(
        description="Category, confidence, checks, warnings, timings: as `reconstruct --json` tells them."
    )
    mesh: MeshFile | None
    expires: datetime | None = Field(description="When the job is removed; known once it is finished.")

    @classmethod
    def of(cls, state: State, expires: float | None) -> "JobStatus":
        """The status to send of a job."""
        job, outcome = state.job, state.outcome
        mesh = None
        if outcome is not None and outcome.sha256 is not None:
            media_type = MEDIA_TYPES[job.options.format]
            mesh = MeshFile(media_type=media_type, size=outcome.size, sha256=outcome.sha256)
        return cls(
            id=job.id,
            status=state.status,
            name=job.name,
            options={name: getattr(job.options, name) for name in Settings.model_fields},
            created=datetime.fromtimestamp(job.created, UTC),
            ahead=state.ahead,
            message=None if outcome is None else outcome.message,
            result=None if mesh is None or outcome is None else outcome.result,
            mesh=mesh,
            expires=None if expires is None else datetime.fromtimestamp(expires, UTC),
        )


class Problem(BaseModel):
    """Why a request was not carried out."""

    detail: str = Field(description="One sentence.")


class Health(BaseModel):
    """Whether accepted jobs are being done."""

    status: Literal["ok", "closing", "failing"]
    version: str
