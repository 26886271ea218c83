"""What becomes of each photo, told while it happens: on standard error, so that results can be piped."""

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.text import Text

from latentmapper.batch import Outcome
from latentmapper.cli.progress import Progress
from latentmapper.cli.results import line
from latentmapper.cli.text import tame


def told(outcomes: Iterable[Outcome], total: int, already: int = 0) -> Iterator[Outcome]:
    """The outcomes as they come, each on a line, with how far the run is; of a single photo what is wrong.

    Parameters
    ----------
    total : number of photos.
    already : how many of them an earlier run has finished.
    """
    if total == 1:
        yield from _told_alone(outcomes)
        return
    with Progress(total, "photos", already) as progress:
        for number, outcome in enumerate(outcomes, already + 1):
            numbered = line(outcome) if progress.bar else f"[{number}/{total}] {line(outcome)}"
            _say(progress.console, numbered, "" if outcome.good else "red")
            _warn(progress.console, outcome, "  ")
            yield outcome
            progress.step()


def _told_alone(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    console = Console(stderr=True, soft_wrap=True)
    for outcome in outcomes:
        if not outcome.good:
            _say(console, f"latentmapper reconstruct: {outcome.message}", "red")
        _warn(console, outcome)
        yield outcome


def _warn(console: Console, outcome: Outcome, indent: str = "") -> None:
    if outcome.status == "made":
        for warning in outcome.result["warnings"]:
            _say(console, f"{indent}warning: {warning}", "yellow")


def _say(console: Console, text: str, style: str) -> None:
    # Text, not markup: a file may be called "[red]".
    console.print(Text(tame(text), style))
