"""A service whose worker is a thread of the test, and makes a tetrahedron of every photo."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from latentmapper.reconstructor import Reconstructor
from latentmapper.server.access import Access
from latentmapper.server.limits import Limits
from latentmapper.server.service import Service, open_service
from latentmapper.server.spool import Spool
from latentmapper.server.work import work

from ..batch.fakes import FakeReconstructor


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


def fake_service(folder: Path, access: Access | None = None, **limits: Any) -> tuple[Service, FakeWorker]:
    spool = Spool(folder)
    worker = FakeWorker(spool)
    return open_service(spool, worker, access or Access(), Limits(**limits)), worker
