"""Codes to shapes while somebody watches: in the server's own process, with packs of its own."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.editing import Edited, Editor
from latentmapper.editing.code_files import code_record
from latentmapper.errors import MissingError, UsageError
from latentmapper.pack import Pack
from latentmapper.pack_folder import bundled_packs, read_metadata
from latentmapper.runtime import DEFAULT_THREADS
from latentmapper.server import shape_schema as schema
from latentmapper.server.packed import pack_mesh
from latentmapper.shapes.checks import checks
from latentmapper.shapes.cleanup import clean
from latentmapper.shapes.export import export_bytes
from latentmapper.shapes.extraction import extract
from latentmapper.shapes.field import CorrespondingField, Field
from latentmapper.shapes.mesh import Triangles
from latentmapper.shapes.provenance import generator

COARSE = 64
"""Cells along each axis of the lattice in which a template's box is found."""


class Studio:
    """Decodes and edits codes; a pack is opened when its category is first asked for.

    Parameters
    ----------
    packs : folders; None for those that ship with the package.
    threads : of ONNX Runtime; None for all cores.
    """

    def __init__(self, packs: Sequence[str] | None = None, threads: int | None = None) -> None:
        folders = bundled_packs() if packs is None else [Path(folder) for folder in packs]
        self._folders = {read_metadata(folder)["category"]: folder for folder in folders}
        self._threads = threads or DEFAULT_THREADS
        self._editors: dict[str, Editor] = {}
        self._boxes: dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]] = {}

    def make(self, shape: schema.Shape) -> bytes:
        """The bytes that are asked for.

        Raises
        ------
        UsageError : an unknown category or slider, or a code that is none of its pack's.
        MeshError : the code has no surface.
        MissingError, PackError : the pack has no sliders, or is damaged.
        """
        editor = self._editor(shape.category)
        moved = _moved(editor, shape)
        field = editor.field(moved.code)
        surface = extract(field, shape.resolution)
        if shape.format == "draft":
            places = self._places(editor.pack, field, surface)
            return pack_mesh(surface, {"warnings": list(moved.warnings)}, places)
        mesh, cleaned = clean(surface, shape.faces)
        if shape.format == "mesh":
            about = {"checks": checks(mesh).as_dict(), "warnings": [*moved.warnings, *cleaned.warnings]}
            return pack_mesh(mesh, about, self._places(editor.pack, field, mesh))
        provenance = _provenance(editor.pack, moved.code, shape)
        return export_bytes(mesh, shape.format, provenance, length=shape.length)

    def path(self, path: schema.Path) -> schema.Stations:
        """Codes on the way along others. Raises as `make`."""
        codes = [np.asarray(code, np.float32) for code in path.codes]
        found = self._editor(path.category).interpolate(codes, path.count)
        return schema.Stations(codes=found.astype(float).tolist())

    def packs(self) -> list[schema.PackInfo]:
        """What can be made, and changed. Raises `PackError` where a pack is damaged."""
        return [_info(self._editor(category)) for category in sorted(self._folders)]

    def _places(self, pack: Pack, field: Field, mesh: Triangles) -> NDArray[np.floating] | None:
        """(v, 3) where vertices lie on the pack's template, 0..1 across its box; None where it has none."""
        if not isinstance(field, CorrespondingField) or (template := pack.template) is None:
            return None
        if pack.category not in self._boxes:
            vertices = extract(template, COARSE).vertices
            self._boxes[pack.category] = vertices.min(axis=0), np.ptp(vertices, axis=0)
        low, size = self._boxes[pack.category]
        return (field.template_coordinates(mesh.vertices) - low) / size

    def _editor(self, category: str) -> Editor:
        if category not in self._folders:
            raise UsageError(f"--category {category}: unknown; choose {', '.join(sorted(self._folders))}")
        if category not in self._editors:
            self._editors[category] = Editor(Pack(self._folders[category], self._threads))
        return self._editors[category]


def _moved(editor: Editor, shape: schema.Shape) -> Edited:
    code = np.asarray(shape.code, np.float32)
    return editor.move(code, shape.sliders) if shape.sliders else Edited(code)


def _info(editor: Editor) -> schema.PackInfo:
    try:
        sliders = [schema.SliderInfo(**_known(each)) for each in editor.sliders]
    except MissingError:
        sliders = []
    pack = editor.pack
    spdx = pack.metadata["license"]["spdx"]
    return schema.PackInfo(
        id=pack.id,
        sha256=pack.hash,
        category=pack.category,
        license=spdx,
        sliders=sliders,
        corresponds=pack.template is not None,
    )


def _known(slider: Any) -> dict[str, Any]:
    return {name: getattr(slider, name) for name in schema.SliderInfo.model_fields}


def _provenance(pack: Pack, code: NDArray[np.float32], shape: schema.Shape) -> dict[str, Any]:
    """As `Reconstruction.provenance`, as far as a code tells it."""
    photo = {} if shape.photo_sha256 is None else {"photo_sha256": shape.photo_sha256}
    edits = {"edits": [{"moves": shape.sliders}]} if shape.sliders else {}
    return code_record(code, pack, {"generator": generator(), **photo, **edits})
