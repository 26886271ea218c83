"""A service whose worker is a thread of the test, and makes a tetrahedron of every photo."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from latentmapper.errors import UsageError
from latentmapper.reconstructor import Reconstructor
from latentmapper.server.access import Access
from latentmapper.server.limits import Limits
from latentmapper.server.packed import pack_mesh
from latentmapper.server.service import Service, open_service
from latentmapper.server.shape_schema import PackInfo, Shape, SliderInfo, Stations
from latentmapper.server.shape_schema import Path as Way
from latentmapper.server.spool import Spool
from latentmapper.server.studio import Studio
from latentmapper.server.work import work
from latentmapper.shapes.export import export_bytes

from ..batch.fakes import TETRAHEDRON, FakeReconstructor


class FakeWorker:
    """Does jobs as the process does, unless `before` raises; waits at `gate` before each."""

    def __init__(self, spool: Spool) -> None:
        self.spool = spool
        self.reconstructor = FakeReconstructor()
        self.gate = threading.Event()
        self.gate.set()
        self.before: Callable[[str], None] = lambda job_id: None
        self.alive = False
        self.starts = 0

    def start(self) -> list[str]:
        self.alive = True
        self.starts += 1
        return ["airplane", "car"]

    def do(self, job_id: str, seconds: float) -> str | None:
        self.gate.wait(30)
        self.before(job_id)
        work(self.spool, job_id, cast(Reconstructor, self.reconstructor))
        return None

    def stop(self) -> None:
        self.alive = False
        self.gate.set()


class FakeStudio:
    """Makes a tetrahedron of every code."""

    def make(self, shape: Shape) -> bytes:
        self._require(shape.category)
        if shape.format in ("draft", "mesh"):
            return pack_mesh(TETRAHEDRON, {"warnings": list(shape.sliders)})
        return export_bytes(TETRAHEDRON, shape.format, length=shape.length)

    def path(self, path: Way) -> Stations:
        self._require(path.category)
        return Stations(codes=path.codes)

    def packs(self) -> list[PackInfo]:
        height = SliderInfo(name="height", label="height", kind="measured", low=-3, high=3)
        about = {"id": "fake", "sha256": "0" * 64, "category": "car", "license": "CC0-1.0"}
        return [PackInfo(**about, sliders=[height], corresponds=False)]

    def _require(self, category: str) -> None:
        if category not in ("airplane", "car"):
            raise UsageError(f"--category {category}: unknown; choose airplane, car")


def fake_service(folder: Path, access: Access | None = None, **limits: Any) -> tuple[Service, FakeWorker]:
    spool = Spool(folder)
    worker = FakeWorker(spool)
    studio = cast(Studio, FakeStudio())
    return open_service(spool, worker, studio, access or Access(), Limits(**limits)), worker
