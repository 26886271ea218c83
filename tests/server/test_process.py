"""The server's hold on a worker process that is a script of the test."""

import os
import sys
from pathlib import Path

import pytest

from latentmapper.server.process import WorkerProcess
from latentmapper.server.worker import Settings

LATE = """#!{python}
import sys
print('{{"categories": ["car"]}}', flush=True)
for line in sys.stdin:
    print('{{"job": "the one before", "problem": "the disk was full"}}', flush=True)
    print(line, end="", flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="scripts are no programs")
def test_an_answer_to_another_job_is_not_taken_for_this_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "late"
    script.write_text(LATE.format(python=sys.executable))
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    worker = WorkerProcess(Settings(str(tmp_path)))
    assert worker.start() == ["car"]
    assert [worker.do(job, 60) for job in ("first", "second")] == [None, None]
    worker.stop()
