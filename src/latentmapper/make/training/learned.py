"""What a run learns from, kept beside it, so that it goes on with nothing else."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from latentmapper import files
from latentmapper.errors import StoreError
from latentmapper.make.dataset.feature_header import HEADER, read_header
from latentmapper.make.dataset.features import Features
from latentmapper.make.training import checkpoint
from latentmapper.make.training.record import read_record

NAME = "learned.json"
START = "weights to start from"
"""The name of the weights that a run begins with; "" where it begins anew."""


def check_learned(learned: Mapping[str, str], folder: Path) -> None:
    """Refuse to go on with a run on something else: weights would fit by chance, and answer for neither.

    Parameters
    ----------
    learned : what it is to learn from, by name, and its SHA-256. Runs from before a name was there go on.

    Raises
    ------
    StoreError : the run was begun with another one, which is named; or its record or checkpoint is damaged.
    """
    if not checkpoint.step_of(folder):
        return
    known = read_record(folder / NAME) if (folder / NAME).is_file() else {}
    for name, digest in learned.items():
        if known.get(name, digest) != digest:
            told = f"{folder} holds a run that was begun with other {name}"
            raise StoreError(f"{told}; go on with the same, in the same order, or choose another --output")


def keep_learned(learned: Mapping[str, str], folder: Path) -> None:
    """Write down what a run learns from."""
    files.write_json(folder / NAME, dict(learned))


def begun_at(weights: Path | None) -> dict[str, str]:
    """The entry of `check_learned` for the file of weights that a run begins with; None begins anew."""
    if weights is None or not weights.is_file():
        return {START: ""}
    return {START: files.sha256_of_file(weights)}


def sha256_of_features(features: Sequence[Features]) -> str:
    """SHA-256 over what decides the descriptors of these folders, and what they are of."""
    headers = [read_header(each.folder / HEADER) | {"meaning": each.meaning} for each in features]
    # The ViT's width is told beside them: folders from before it was get it when they are looked at again.
    return files.sha256_of_json([{k: v for k, v in header.items() if k != "width"} for header in headers])
