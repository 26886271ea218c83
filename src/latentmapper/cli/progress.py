"""What happens to each photo, while it happens: on standard error, so that results alone can be piped."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.text import Text

from latentmapper.batch import Outcome
from latentmapper.cli.results import line

T = TypeVar("T")
EVERY = 20
"""Things between two lines that say how far a run is, where there is no terminal."""


def counted(things: Iterable[T], total: int, name: str) -> Iterator[T]:
    """The things as they come, with a bar on standard error, or lines where that is no terminal."""
    console = Console(file=sys.stderr, soft_wrap=True)
    bar = _bar(console)
    task = bar.add_task(name, total=total)
    with bar if console.is_terminal else nullcontext():
        for number, thing in enumerate(things, 1):
            yield thing
            bar.advance(task)
            if not console.is_terminal and number % EVERY == 0:
                print(f"{number}/{total} {name}", file=sys.stderr)


class Progress:
    """A bar under the latest lines on a terminal; numbered lines elsewhere; for one photo neither.

    Parameters
    ----------
    total : number of photos.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._console = Console(file=sys.stderr, soft_wrap=True)
        self._bar = _bar(self._console) if total > 1 and self._console.is_terminal else None

    def __enter__(self) -> "Progress":
        if self._bar is not None:
            self._bar.start()
            self._task = self._bar.add_task("photos", total=self._total)
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show(self, outcome: Outcome) -> None:
        """Tell what became of one photo."""
        self._done += 1
        if self._bar is not None:
            self._bar.advance(self._task)
        if self._total > 1:
            number = "" if self._bar is not None else f"[{self._done}/{self._total}] "
            self._say(number + line(outcome), "red" if not outcome.good else "")
        elif not outcome.good:
            self._say(f"latentmapper reconstruct: {outcome.message}", "red")
        if outcome.status == "made":
            for warning in outcome.result["warnings"]:
                self._say(f"{'  ' if self._total > 1 else ''}warning: {warning}", "yellow")

    def _say(self, text: str, style: str) -> None:
        # Text, not markup: a file may be called "[red]".
        self._console.print(Text(text, style))


def _bar(console: Console) -> Any:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Bar(*columns, console=console, transient=True)
