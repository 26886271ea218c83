"""A folder within a folder for what is not finished: a killed run leaves nothing that counts."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

SUFFIX = ".partial"


@contextmanager
def unfinished(output: Path) -> Iterator[Path]:
    """A new folder in `output`, gone afterwards; those that killed runs left there are removed first."""
    output.mkdir(parents=True, exist_ok=True)
    for left in [path for path in output.iterdir() if is_unfinished(path)]:
        shutil.rmtree(left)
    with TemporaryDirectory(prefix=".", suffix=SUFFIX, dir=output) as folder:
        yield Path(folder)


def is_unfinished(path: Path) -> bool:
    """Whether it is such a folder."""
    return path.is_dir() and path.name.startswith(".") and path.suffix == SUFFIX
