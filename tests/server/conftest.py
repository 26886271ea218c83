"""A server in the test's own process."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from latentmapper.server.access import Access
from latentmapper.server.app import create_app
from latentmapper.server.service import Service

from ..photo.pictures import encoded, quarters
from .fakes import FakeWorker, fake_service

PNG = encoded(quarters())
JOBS = "/v1/reconstructions"


class Running:
    """A running server: what it is made of, and a client."""

    def __init__(self, folder: Path, access: Access | None = None, **limits: Any) -> None:
        self.service: Service
        self.worker: FakeWorker
        self.service, self.worker = fake_service(folder, access, **limits)
        self.app = create_app(self.service)
        self.client = TestClient(self.app, "http://127.0.0.1:8000")

    def post(self, photo: bytes = PNG, name: str = "taxi.png", **options: Any) -> Any:
        return self.client.post(JOBS, files={"photo": (name, photo)}, data=options)

    def done(self, **options: Any) -> dict[str, Any]:
        """A job that was posted and has ended."""
        accepted = self.post(**options)
        assert accepted.status_code == 202, accepted.text
        return self.client.get(f"{accepted.headers['Location']}?wait=20").json()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    server = Running(tmp_path / "spool", queue=3)
    with server.client:
        yield server
        server.worker.gate.set()
