"""Steps of `latentmapper` commands, for scripts that make tables of many rows.

A step that is done is not done again, and one that was interrupted goes on where it was when the same
script is run again. Where what a step reads was made anew, it is done again if that makes all of it anew;
what others made before is refused, since they would go on with it.
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
ANEW = ("evaluate", "fit", "packs", "report")
"""Commands, by their first words, that notice what they read and make all anew where it is another."""


def follow(steps: Iterable[Step], output: Path, more: Sequence[str], show: bool) -> None:
    """Run steps in order, each unless it is done; stops at the first that fails.

    Parameters
    ----------
    output : folder of all that is made; what is done is noted there.
    more : what a step is told besides, its name or that up to the first dot in front: "base --steps 500".
    show : print the commands and do nothing.
    """
    told, made = _told(more), dict[str, Path]()
    for name, arguments in steps:
        for known in dict.fromkeys([name.partition(".")[0], name]):
            arguments = [*arguments, *told.get(known, [])]
        if show:
            print("latentmapper", shlex.join(arguments))
            continue
        done, own = output / "done" / f"{name}.json", _output(arguments)
        before = [each for place, each in made.items() if place != own and _names(arguments, place)]
        do(done, arguments, before)
        made |= {own: done} if own else {}


def require_steps(more: Sequence[str], steps: Iterable[Step]) -> None:
    """Raise `UsageError` where something is told to a step that there is not."""
    known = {part: None for name, _ in steps for part in (name.partition(".")[0], name)}
    for name in _told(more):
        if name not in known:
            raise UsageError(f"--more {name}: no step is called so; there are: {', '.join(known)}")


def _told(more: Sequence[str]) -> dict[str, list[str]]:
    """Options by step. Raises `UsageError` where no step is named, or a quotation does not end."""
    told: dict[str, list[str]] = {}
    try:
        for name, *options in map(shlex.split, more):
            told.setdefault(name, []).extend(options)
    except ValueError:
        raise UsageError('--more wants a step\'s name and its options, such as "base --steps 500"') from None
    return told


def _output(arguments: list[str]) -> str | None:
    """What a step makes."""
    return arguments[arguments.index("-o") + 1] if "-o" in arguments else None


def _names(arguments: list[str], place: str) -> bool:
    """Whether a step is told of a place, or of something below it."""
    return any(Path(each).is_relative_to(place) for each in arguments)


def do(done: Path, arguments: list[str], before: Sequence[Path] = ()) -> None:
    """Run one step unless it was run to its end with the same arguments, after the same steps.

    before : what tells that the steps are done that it depends on.

    Raises
    ------
    UsageError : one of these was done anew since, which the step would not notice.
    """
    after = {each.stem: files.sha256_of_file(each) for each in before}
    if done.is_file():
        known = json.loads(done.read_text(encoding="utf-8"))
        others = [name for name, digest in after.items() if known.get("after", after).get(name) != digest]
        if others and arguments[0] not in ANEW:
            place = _output(arguments)
            raise UsageError(
                f"{place} was made before {others[0]} was done anew: choose another --output, or remove"
                f" {place} and {done}"
            )
        if known["arguments"] == arguments and not others:
            return
    print("latentmapper", shlex.join(arguments), flush=True)
    began = time.monotonic()
    if code := run(arguments):
        raise SystemExit(code)
    seconds = round(time.monotonic() - began, 1)
    print(f"{done.stem}: {seconds} s", flush=True)
    files.write_json(done, {"arguments": arguments, "seconds": seconds, "after": after})


def run(arguments: list[str]) -> int:
    """Run a command in a process of its own, which gives back all memory; its exit code."""
    return subprocess.run([sys.executable, "-m", "latentmapper.cli", *arguments]).returncode


def rounded(precision: str) -> list[str]:
    """How a training is told of the precision of its products."""
    return ["--bfloat16"] if precision == "bfloat16" else []


def require_known(rows: Sequence[str], known: Iterable[str]) -> None:
    """Raise `UsageError` where a row has no such name."""
    for row in rows:
        if row not in known:
            raise UsageError(f"--rows {row}: unknown; choose {', '.join(known)}")
