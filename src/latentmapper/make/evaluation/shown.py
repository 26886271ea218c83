"""A picture, its truth, and what every method made of it, on disk for the report."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import MeshError, StoreError
from latentmapper.files import write_arrays
from latentmapper.make.evaluation.cases import Case
from latentmapper.make.evaluation.surface import Origin
from latentmapper.shapes.mesh import Mesh, require_usable

TRUTH = "truth"


@dataclass(frozen=True, eq=False)
class Shown:
    """What is shown of one case; all meshes in the unit-radius frame."""

    case: Case
    picture: NDArray[np.uint8]
    """(h, w, 3) RGB, what the methods saw."""
    azimuth: float
    """Degrees."""
    elevation: float
    """Degrees."""
    license: str
    """Of the true mesh, as its store says."""
    source: str
    """The collection that it comes from."""
    truth: Mesh
    answers: dict[str, Mesh]
    """By method."""
    errors: dict[str, str] = field(default_factory=dict)
    """Why methods without an answer failed."""
    origins: dict[str, Origin] = field(default_factory=dict)
    """By methods whose answers were found rather than made; none in files from before these were kept."""


def write_shown(path: Path, shown: Shown, key: str) -> None:
    """Write a case atomically; `key` says which evaluation it belongs to."""
    arrays: dict[str, NDArray[Any]] = {"picture": shown.picture}
    for name, mesh in {TRUTH: shown.truth, **_numbered(shown.answers)}.items():
        arrays[f"{name}.vertices"] = np.ascontiguousarray(mesh.vertices, np.float32)
        arrays[f"{name}.faces"] = np.ascontiguousarray(mesh.faces, np.int32)
    told = {"key": key, "case": asdict(shown.case), "answers": list(shown.answers), "errors": shown.errors}
    told["origins"] = shown.origins
    told |= {name: getattr(shown, name) for name in ("azimuth", "elevation", "license", "source")}
    write_arrays(path, arrays, {"shown": json.dumps(told)})


def _numbered(answers: dict[str, Mesh]) -> dict[str, Mesh]:
    """Answers by their place: names of methods are for people."""
    return {f"answer{i}": mesh for i, mesh in enumerate(answers.values())}


def key_of(path: Path) -> str | None:
    """The key that a case was written with, None where there is none."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "numpy") as file:
            return json.loads(file.metadata()["shown"])["key"]
    except (OSError, SafetensorError, ValueError, KeyError, TypeError):
        return None


def read_shown(path: Path) -> Shown:
    """Read a case. Raises `StoreError` where the file is missing, damaged, or holds none."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "numpy") as file:
            told = json.loads(file.metadata()["shown"])
            names = [f"answer{i}" for i in range(len(told["answers"]))]
            truth, *answers = (_mesh(file, name) for name in (TRUTH, *names))
            picture = file.get_tensor("picture")
            shown = Shown(
                Case(**told["case"]),
                picture,
                float(told["azimuth"]),
                float(told["elevation"]),
                str(told["license"]),
                str(told["source"]),
                truth,
                dict(zip(map(str, told["answers"]), answers, strict=True)),
                {str(name): str(error) for name, error in told["errors"].items()},
                {str(name): _origin(*origin) for name, origin in told.get("origins", {}).items()},
            )
        if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3 or not picture.size:
            raise ValueError("its picture is none")
    except (OSError, SafetensorError, ValueError, KeyError, TypeError, AttributeError, MeshError) as error:
        raise StoreError(f"{path} is missing or damaged ({error})") from error
    return shown


def _origin(source: Any, license_: Any) -> Origin:
    return str(source), str(license_)


def _mesh(file: Any, name: str) -> Mesh:
    mesh = Mesh(file.get_tensor(f"{name}.vertices"), file.get_tensor(f"{name}.faces"))
    if mesh.vertices.shape[1:] != (3,) or mesh.faces.shape[1:] != (3,):
        raise ValueError(f"{name} is no mesh")
    if mesh.vertices.dtype != np.float32 or mesh.faces.dtype != np.int32:
        raise ValueError(f"{name} is no mesh")
    require_usable(mesh)
    return mesh
