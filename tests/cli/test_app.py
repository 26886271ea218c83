"""`latentmapper app`: the page in the browser of the user."""

import re
import signal
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest

from latentmapper import cli
from latentmapper.cli import app

from ..tiny_pack import write_tiny_pack


@pytest.mark.parametrize("name", ["SIGINT", *(["SIGHUP"] if hasattr(signal, "SIGHUP") else [])])
def test_it_serves_the_page_until_ctrl_c_or_the_end_of_its_terminal_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    if signal.getsignal(getattr(signal, name, signal.SIGINT)) == signal.SIG_IGN:
        pytest.skip("what starts the tests ignores it")
    kept = tmp_path / "kept"
    kept.mkdir()
    monkeypatch.setenv("TMPDIR", str(kept))
    code = "from latentmapper.cli import main; main()"
    pack = str(write_tiny_pack(tmp_path / "pack"))
    command = [sys.executable, "-c", code, "app", "--no-browser", "--threads", "1", "--pack", pack]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        told = running.stdout.readline()
        found = re.fullmatch(r"LatentMapper is at (http://127\.0\.0\.1:\d+) \(Ctrl-C ends it\)\n", told)
        assert found
        with urllib.request.urlopen(found[1]) as page:
            assert b"<title>LatentMapper</title>" in page.read()
        assert [path.name for path in kept.glob(f"{app.PREFIX}*/*")]
        running.send_signal(getattr(signal, name))
        assert running.wait(60) == 0
    assert list(kept.glob(f"{app.PREFIX}*")) == []


def test_the_browser_is_sent_to_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    told = threading.Event()
    monkeypatch.setattr(app.webbrowser, "open", lambda url: (opened.append(url), told.set()))
    monkeypatch.setattr(app.serve, "run", lambda config, ready: ready("http://127.0.0.1:1", "jobs"))
    assert cli.run(["app"]) == 0
    assert told.wait(30)
    assert opened == ["http://127.0.0.1:1"]
