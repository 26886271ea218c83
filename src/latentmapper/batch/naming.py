"""Where results go, so that none ever takes the place of another's."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePath, PurePosixPath

from latentmapper.batch.inputs import OVERLAY, PREVIEW, Input
from latentmapper.batch.journal import Journal
from latentmapper.errors import UsageError
from latentmapper.places import Place, place
from latentmapper.shapes.export import FORMATS, Format

FOLDER = Path("meshes")
"""Where the results of several inputs go if the user does not say."""
LONGEST = 210
"""Bytes of a result's name: with a suffix, a number and what marks it as unfinished, systems take 255."""


@dataclass(frozen=True)
class Target:
    """Where the user wants the results."""

    folder: Place
    name: str | None
    """File name of the one result, as the user gave it."""
    format: Format

    @classmethod
    def of(cls, output: str | Path | None, kind: str | None, several: bool) -> "Target":
        """Read `-o` and `--format` together.

        One input goes to ./STEM.FORMAT, several to ./meshes/, unless `output` names a folder or, for one
        input, a file. It names a folder where there is one, where a slash ends it (which a `Path` forgets),
        where it has no suffix, and, for several inputs, where its suffix is of no mesh file.

        A URL's folders are told by their names alone: object storages have none.

        Raises
        ------
        UsageError : an unknown format, a suffix that contradicts it, a single file for several inputs.
        """
        formats: dict[str, Format] = {known: known for known in FORMATS}
        if (kind or "glb") not in formats:
            raise UsageError(f"--format {kind}: unknown; choose {', '.join(FORMATS)}")
        asked = formats[kind or "glb"]
        if output is None:
            return cls(FOLDER if several else Path(), None, asked)
        slash = str(output).endswith(("/", os.sep))
        there = place(output) if isinstance(output, str) else output
        suffix = PurePosixPath(there.name).suffix.lower().removeprefix(".")
        if slash or _is_folder(there) or not suffix or (several and suffix not in formats):
            return cls(there, None, asked)
        if suffix not in formats:
            raise UsageError(
                f"-o {output}: unknown format .{suffix}; choose {', '.join(FORMATS)}, or end a folder with /"
            )
        if several:
            raise UsageError(f"-o {output}: one file cannot hold several results; name a folder")
        if kind not in (None, suffix):
            raise UsageError(f"-o {output} and --format {kind} contradict each other")
        return cls(there.parent, there.name, formats[suffix])


def _is_folder(output: Place) -> bool:
    return isinstance(output, Path) and output.is_dir()


@dataclass(frozen=True)
class Job:
    """One photo and what its results are called."""

    input: Input
    identity: str
    stem: str
    """Path of the results below the folder, without suffix."""
    suffix: str | None = None
    """Of the mesh, where the user spelt it: .GLB."""

    def names(self, kind: str, preview: bool, overlay: bool = False) -> list[str]:
        """The files to make, relative to the folder: the mesh, the preview, the overlay."""
        pictures = [PREVIEW] * preview + [OVERLAY] * overlay
        return [self.stem + (self.suffix or f".{kind}"), *(self.stem + suffix for suffix in pictures)]


def assign(inputs: Sequence[Input], journal: Journal, only: str | None = None) -> list[Job]:
    """Give every input its name: that of its file, with -2, -3... where another input has it already.

    An input keeps the name it had on an earlier run. Names that differ in case alone count as the same;
    what systems would not take with a suffix and a number is cut.

    Parameters
    ----------
    journal : of the folder for the results.
    only : file name of the one result, where the user gave it.
    """
    owners = {stem.casefold(): owner for stem, owner in journal.claims().items()}
    named = PurePath(only) if only else None
    jobs = []
    for each in inputs:
        identity = each.identity(journal.folder)
        stem = named.stem if named else _free(str(each.stem), identity, owners)
        owners[stem.casefold()] = identity
        jobs.append(Job(each, identity, stem, named.suffix if named else None))
    return jobs


def _free(wanted: str, identity: str, owners: dict[str, str]) -> str:
    """The first of wanted, wanted-2, wanted-3... that is this input's or nobody's."""
    parent, name = PurePosixPath(wanted).parent, _cut(PurePosixPath(wanted).name)
    for number in count(1):
        stem = str(parent / (name if number == 1 else f"{name}-{number}"))
        if owners.get(stem.casefold(), identity) == identity:
            return stem
    raise AssertionError("unreachable: numbers do not end")


def _cut(name: str) -> str:
    """The first `LONGEST` bytes of a name, in whole letters."""
    while len(os.fsencode(name)) > LONGEST:
        name = name[:-1]
    return name
