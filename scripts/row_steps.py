"""Steps of `latentmapper` commands, for scripts that make tables of many rows.

A step that is done is not done again, and one that was interrupted goes on where it was when the same
script is run again.
"""

import json
import shlex
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from latentmapper import files
from latentmapper.errors import UsageError

Step = tuple[str, list[str]]
"""Name, and arguments of `latentmapper`."""


def follow(steps: Iterable[Step], output: Path, more: Sequence[str], show: bool) -> None:
    """Run steps in order, each unless it is done; stops at the first that fails.

    Parameters
    ----------
    output : folder of all that is made; what is done is noted there.
    more : what a step is told besides, its name or that up to the first dot in front: "base --steps 500".
    show : print the commands and do nothing.
    """
    told = {name: options for name, *options in map(shlex.split, more)}
    for name, arguments in steps:
        for known in dict.fromkeys([name.partition(".")[0], name]):
            arguments = [*arguments, *told.get(known, [])]
        if show:
            print("latentmapper", shlex.join(arguments))
        else:
            do(output / "done" / f"{name}.json", arguments)


def do(done: Path, arguments: list[str]) -> None:
    """Run one step unless it was run to its end with the same arguments."""
    if done.is_file() and json.loads(done.read_text())["arguments"] == arguments:
        return
    print("latentmapper", shlex.join(arguments), flush=True)
    began = time.monotonic()
    if code := run(arguments):
        raise SystemExit(code)
    seconds = round(time.monotonic() - began, 1)
    print(f"{done.stem}: {seconds} s", flush=True)
    files.write_json(done, {"arguments": arguments, "seconds": seconds})


def run(arguments: list[str]) -> int:
    """Run a command in a process of its own, which gives back all memory; its exit code."""
    return subprocess.run([sys.executable, "-m", "latentmapper.cli", *arguments]).returncode


def require_known(rows: Sequence[str], known: Iterable[str]) -> None:
    """Raise `UsageError` where a row has no such name."""
    for row in rows:
        if row not in known:
            raise UsageError(f"--rows {row}: unknown; choose {', '.join(known)}")
