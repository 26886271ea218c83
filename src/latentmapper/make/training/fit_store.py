"""Fitting the shapes of a store, batch by batch: an interrupted run goes on where it was."""

import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.numpy import load

from latentmapper import files
from latentmapper.errors import StoreError
from latentmapper.executors import ALONE, Executor
from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.dataset.store import Record, of_splits
from latentmapper.make.training import checkpoint, distributed
from latentmapper.make.training.auto_decoding import stored_samples
from latentmapper.make.training.codes import kept_errors, save_codes
from latentmapper.make.training.fit import FitRecipe, batches, decided, fit_codes
from latentmapper.make.training.shape_run import TrainedShape, load_shape_run, recipe_of_run
from latentmapper.pace import LOG, Pace, logged
from latentmapper.places import Place


def fit_store(
    run: Path,
    store: JoinedStore,
    splits: tuple[str, ...],
    output: Place,
    recipe: FitRecipe,
    executor: Executor = ALONE,
    process: distributed.Process = distributed.ALONE,
) -> tuple[int, float]:
    """Write the codes of the shapes of some splits; how many there are, and the mean L1 they end with.

    Batches that are finished stand in a hidden folder beside `output` until all are, and count for every call
    that would make the same ones; so does `output` itself. Processes that train together share the batches
    out; the main one writes.

    Raises
    ------
    StoreError : there is no shape model in `run`, no shape of those splits, or another process's batches are
        out of reach.
    WorkerError : as `Executor.map`.
    """
    kind = recipe_of_run(run).kind
    records = of_splits(store.records, splits)
    parts = output.with_name(f".{output.name}.parts")
    model = files.sha256_of_file(run / checkpoint.NAME)
    wanted = [_Batch.of(records[part], parts, model, recipe) for part in batches(len(records), recipe, kind)]
    made_of = files.sha256_of_json([batch.path.name for batch in wanted])
    if (errors := kept_errors(output, made_of)) is not None:
        if process.is_main and isinstance(parts, Path) and parts.is_dir():
            _clear(parts, wanted)  # of a run that was killed when it had just written the codes
        return len(records), float(errors.mean())
    own = wanted[process.own]
    missing = [batch for batch in own if batch.kept() is None]
    total, left = (sum(len(batch.records) for batch in some) for some in (own, missing))
    pace = Pace(total, "shapes", total - left)
    fitted = executor.map(_Fitting(run, store, recipe, process.device), missing)
    if process.is_main:
        log = output.with_name(f"{output.name}.{LOG}")
        fitted = logged(fitted, log, lambda made: len(made[0].records))
    for batch, _ in fitted:
        pace.step(len(batch.records))
    process.wait()
    kept = [made for batch in wanted if (made := batch.kept()) is not None]
    if len(kept) < len(wanted):
        raise StoreError(f"{parts} lacks batches that another process has fitted: all need the same folder")
    codes, errors = (np.concatenate(arrays) for arrays in zip(*kept, strict=True))
    process.wait()  # until nobody reads them any more
    if process.is_main:
        how = asdict(decided(recipe, kind))
        save_codes(output, [record.id for record in records], codes, errors, made_of, how)
        _remove(parts, wanted)
    return len(records), float(errors.mean())


@dataclass(frozen=True)
class _Batch:
    """Shapes that are fitted together."""

    records: list[Record]
    path: Place
    """Of their codes, named by all that these depend on."""

    @classmethod
    def of(cls, records: list[Record], folder: Place, model: str, recipe: FitRecipe) -> "_Batch":
        """A batch; `model` is the SHA-256 of the shape model."""
        shapes = [[record.id, record.sha256] for record in records]
        key = files.sha256_of_json([model, asdict(recipe), shapes])
        return cls(records, folder / f"{key[:24]}.safetensors")

    def kept(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Codes (n, d) and errors (n,), or None where they are not made yet."""
        try:
            arrays = load(self.path.read_bytes())
            return arrays["codes"], arrays["errors"]
        except (OSError, SafetensorError, KeyError):
            return None


@dataclass(frozen=True)
class _Fitting:
    """Fits batches and keeps their codes; the model is loaded once in each process."""

    run: Path
    store: JoinedStore
    recipe: FitRecipe
    device: torch.device

    def __call__(self, batch: _Batch) -> None:
        codes, errors = fit_codes(self._model, stored_samples(self.store, batch.records), self.recipe)
        files.write_arrays(batch.path, {"codes": codes, "errors": errors})

    @cached_property
    def _model(self) -> TrainedShape:
        return load_shape_run(self.run).to(self.device)


def _clear(parts: Path, batches: list[_Batch]) -> None:
    """Remove finished batches alone, and their folder where it holds no others."""
    for batch in batches:
        batch.path.unlink(missing_ok=True)
    with suppress(OSError):
        parts.rmdir()


def _remove(parts: Place, batches: list[_Batch]) -> None:
    """Remove the folder of finished batches; of objects, which have no folders, those that were read."""
    if isinstance(parts, Path):
        shutil.rmtree(parts)
        return
    for batch in batches:
        batch.path.unlink(missing_ok=True)
