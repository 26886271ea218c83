"""Fitting the shapes of a store, batch by batch: an interrupted run goes on where it was."""

import logging
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from latentmapper import files
from latentmapper.errors import StoreError
from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.dataset.store import Record
from latentmapper.make.training import checkpoint
from latentmapper.make.training.auto_decoding import load_samples
from latentmapper.make.training.codes import save_codes
from latentmapper.make.training.distributed import ALONE, Process
from latentmapper.make.training.fit import FitRecipe, fit_batches
from latentmapper.make.training.shape import load_shape_run

logger = logging.getLogger(__name__)


def fit_store(
    run: Path,
    store: JoinedStore,
    splits: tuple[str, ...],
    output: Path,
    recipe: FitRecipe,
    process: Process = ALONE,
) -> tuple[int, float]:
    """Write the codes of the shapes of some splits; how many there are, and the mean L1 they end with.

    What is finished stands beside `output` until all is, and is used again by the same call.

    Raises
    ------
    StoreError : there is no shape model in `run`, or no shape of those splits.
    """
    model = load_shape_run(run)
    records = [record for record in store.records if record.split in splits]
    if not records:
        raise StoreError(f"--splits {' '.join(splits)}: the stores hold no such shape")
    points, distances = load_samples(store, records)
    part, key = output.with_name(output.name + ".part"), _key(run, records, recipe)
    codes, errors = _kept(part, key, model.codes.shape[1])
    began, first = time.monotonic(), len(codes)
    for fitted, missed in fit_batches(model, points[first:], distances[first:], recipe, process):
        codes, errors = np.concatenate([codes, fitted]), np.concatenate([errors, missed])
        if process.is_main:
            _keep(part, key, codes, errors)
        rate = (len(codes) - first) / max(time.monotonic() - began, 1e-9)
        left = (len(records) - len(codes)) / rate
        logger.info("%d/%d shapes  %.1f/min  %.1f min left", len(codes), len(records), 60 * rate, left / 60)
    if process.is_main:
        save_codes(output, [record.id for record in records], codes, errors)
        part.unlink(missing_ok=True)
    return len(records), float(errors.mean())


def _key(run: Path, records: list[Record], recipe: FitRecipe) -> str:
    """Hash of all that the codes depend on."""
    shapes = [[record.id, record.sha256] for record in records]
    return files.sha256_of_json([files.sha256_of_file(run / checkpoint.NAME), asdict(recipe), shapes])


def _keep(part: Path, key: str, codes: np.ndarray, errors: np.ndarray) -> None:
    with files.replacing(part) as temporary:
        save_file({"codes": codes, "errors": errors}, temporary, {"key": key})


def _kept(part: Path, key: str, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Codes (m, size) and errors (m,) of an interrupted run of the same key; none where there is none."""
    try:
        with safe_open(part, "np") as file:
            if (file.metadata() or {}).get("key") == key:
                return file.get_tensor("codes"), file.get_tensor("errors")
    except (OSError, SafetensorError):
        pass
    return np.zeros((0, size), np.float32), np.zeros(0, np.float32)
