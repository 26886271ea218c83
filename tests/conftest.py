"""Every test runs with a cache of its own run and on one thread, and nothing reports anywhere."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from latentmapper import telemetry

telemetry.switch_off()
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session", autouse=True)
def _cache_of_this_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep the user's own cache out of the tests; the prepared ViT is shared by all workers of the run."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "cache"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LATENTMAPPER_CACHE", str(folder))
        yield folder
