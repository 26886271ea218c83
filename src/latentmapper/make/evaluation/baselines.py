"""Trained baselines as methods of an evaluation, row beside row with the pack."""

from collections.abc import Collection, Hashable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from latentmapper.errors import UsageError
from latentmapper.files import sha256_of_file
from latentmapper.make.evaluation.bounds import Floor, Oracle
from latentmapper.make.evaluation.methods import Description
from latentmapper.make.evaluation.protocol import Rules
from latentmapper.make.evaluation.references import Ceiling, MeanShape, Retrieval
from latentmapper.make.evaluation.refusals import PACK, REFUSING
from latentmapper.make.evaluation.surface import Surface
from latentmapper.make.training.baseline_run import (
    TrainedBaseline,
    history,
    known_to,
    load_baseline,
    weights_at,
)
from latentmapper.shapes.mesh import Mesh

OTHERS = {PACK, REFUSING, *(row.name for row in (Retrieval, MeanShape, Ceiling, Oracle, Floor))}
"""Rows of an evaluation that are none of a baseline."""
FIX = "give each its own with --name of latentmapper train baseline"


class TrainedMethod:
    """A baseline that looks at the picture itself; its meshes are sampled and scored as the pack's are."""

    sees = True

    def __init__(self, baseline: TrainedBaseline, rules: Rules) -> None:
        self.name = baseline.name
        self._model, self._rules = baseline.model, rules

    def answer(self, shape_id: str, picture: Description) -> Hashable:
        """The code, as bytes."""
        assert picture.picture is not None
        return self._model.code(picture.picture).astype(np.float32).tobytes()

    def mesh(self, answer: Hashable) -> Mesh:
        """The mesh of the code."""
        assert isinstance(answer, bytes)
        return self._model.mesh(np.frombuffer(answer, np.float32), self._rules.resolution)

    def surface(self, answer: Hashable) -> Surface:
        """The shape of the code."""
        return Surface.of(self.mesh(answer), self._rules, self._rules.seed + 1, self._model.closed)


def baseline_methods(runs: Sequence[Path], rules: Rules) -> list[TrainedMethod]:
    """The methods of runs of `latentmapper train baseline`.

    Raises
    ------
    StoreError : a folder holds no finished run.
    UsageError : two of them have one name.
    """
    methods = [TrainedMethod(load_baseline(run), rules) for run in runs]
    names = [method.name for method in methods]
    if twice := [name for name in names if names.count(name) > 1]:
        raise UsageError(f"--baselines: two are called {twice[0]!r}; {FIX}")
    return methods


def baseline_records(runs: Sequence[Path]) -> list[dict[str, str]]:
    """What tells each baseline from any other, for the record: name, recipe, stage, hash of the weights.

    Raises `UsageError` for one whose samples would be taken for those of another row.
    """
    found = []
    for run in runs:
        record, weights = weights_at(run)
        if record["name"] in OTHERS:
            raise UsageError(f"--baselines: {run} is called {record['name']!r}, as another row is; {FIX}")
        found.append({**record, "sha256": _hash(weights, weights.stat().st_mtime_ns)})
    return found


def baseline_histories(runs: Sequence[Path], shapes: Collection[str]) -> list[dict[str, Any]]:
    """The same records with how each was trained, for the report; no result depends on it.

    shapes : ids of the shapes that are measured; told is how many of them the run has learned from.
    """
    told = zip(baseline_records(runs), runs, strict=True)
    return [
        {**record, "known": len(known_to(run) & set(shapes)), "training": history(run)}
        for record, run in told
    ]


@lru_cache
def _hash(path: Path, changed: int) -> str:
    """Of a file that was last changed then: a run asks for it with every shape."""
    return sha256_of_file(path)
