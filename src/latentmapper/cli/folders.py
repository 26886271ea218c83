"""What the verbs share that make a picture of every photo of a folder."""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from latentmapper.errors import UsageError

if TYPE_CHECKING:
    from latentmapper.batch import Job, Journal
    from latentmapper.batch.pictures import PictureRun

EVERY = 100
"""Photos between two lines that say how far a run is."""


def jobs_of(folder: Path, output: Path) -> "tuple[Journal, list[Job]]":
    """The journal of the results, and a job for each photo below a folder.

    Raises
    ------
    UsageError : the folder is none, or the results would lie among the photos.
    """
    from latentmapper.batch import Journal, assign, expand

    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder")
    if output.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"-o {output} lies among the photos; choose a folder outside {folder}")
    journal = Journal(output)
    return journal, assign(expand([str(folder)]), journal)


def run_over(run: "PictureRun", jobs: "Sequence[Job]", output: Path) -> int:
    """Do all jobs, say what failed and how many are done; 0 where none failed, else 1."""
    counts: Counter[str] = Counter()
    for number, outcome in enumerate(run.run(jobs), 1):
        counts[outcome.status] += 1
        if not outcome.good:
            print(f"{outcome.status}: {outcome.message}", file=sys.stderr)
        if number % EVERY == 0:
            print(f"{number}/{len(jobs)} photos", file=sys.stderr)
    words = {"made": "made", "finished": "finished earlier", "refused": "refused", "failed": "failed"}
    told = ", ".join(f"{counts[status]} {word}" for status, word in words.items() if counts[status])
    print(f"{output}: {told}")
    return 1 if counts["refused"] + counts["failed"] else 0
