"""What the verbs share that make a picture of every photo of a folder."""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from latentmapper.errors import UsageError
from latentmapper.writing import require_folder

if TYPE_CHECKING:
    from latentmapper.batch import Job, Journal
    from latentmapper.batch.pictures import PictureRun


def jobs_of(folder: Path, output: Path) -> "tuple[Journal, list[Job]]":
    """The journal of the results, and a job for each photo below a folder.

    Raises
    ------
    UsageError : the folder is none, or the results would lie among the photos.
    """
    from latentmapper.batch import Journal, assign, expand

    require_outside(folder, output)
    journal = Journal(output)
    return journal, assign(expand([str(folder)]), journal)


def require_outside(folder: Path, output: Path) -> None:
    """Raise `UsageError` where a folder of photos is none, or results would lie among the photos."""
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder")
    if output.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"-o {output} lies among the photos; choose a folder outside {folder}")
    require_folder(output)


def run_over(run: "PictureRun", jobs: "Sequence[Job]", output: Path) -> int:
    """Do all jobs, say what failed and how many are done; 0 where none failed, else 1."""
    from latentmapper.cli.progress import counted
    from latentmapper.cli.results import totals

    finished, left = run.split(counted(jobs, len(jobs), "photos looked up"))
    counts = Counter(outcome.status for outcome in finished)
    for outcome in counted(run.run(left), len(jobs), "photos", len(finished)):
        counts[outcome.status] += 1
        if not outcome.good:
            print(f"{outcome.status}: {outcome.message}", file=sys.stderr)
    print(f"{output}: {totals(counts)}")
    return 1 if counts["refused"] + counts["failed"] else 0
