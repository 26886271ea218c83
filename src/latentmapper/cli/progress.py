"""How far a command is, on standard error: a bar on a terminal, a line now and then elsewhere."""

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from latentmapper.pace import Pace, done_before

T = TypeVar("T")


def counted(things: Iterable[T], total: int, what: str, already: int = 0) -> Iterator[T]:
    """The things as they come, counted by a `Progress`: a `Watch`."""
    with Progress(total, what, already) as progress:
        for thing in things:
            yield thing
            progress.step()


class Progress:
    """Counts what is done of something; arguments as those of `Pace`."""

    def __init__(self, total: int, what: str, already: int = 0) -> None:
        self._total, self._what, self._already = total, what, already
        self.console = Console(file=sys.stderr, soft_wrap=True)
        """What else is told while a bar is there has to go through it."""
        self.bar = _bar(self.console) if self.console.is_terminal else None
        """None where there is no terminal."""

    def __enter__(self) -> "Progress":
        if self.bar is None:
            self._pace = Pace(self._total, self._what, self._already, self._print)
            return self
        if self._already:
            self._print(done_before(self._already, self._total, self._what))
        self._task = self.bar.add_task(self._what, total=self._total, completed=self._already)
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()

    def step(self, count: int = 1) -> None:
        """So many more are done."""
        if self.bar is None:
            self._pace.step(count)
        else:
            self.bar.advance(self._task, count)

    def _print(self, line: str) -> None:
        self.console.print(line, markup=False, highlight=False)


def _bar(console: Console) -> Bar:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Bar(*columns, console=console, transient=True)
