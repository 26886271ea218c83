"""One evaluation from its configuration: the shapes it takes, the workers it uses, the files it leaves."""

import hashlib
import json
import logging
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from latentmapper.errors import StoreError, UsageError
from latentmapper.files import remove_unfinished, sha256_of_bytes, sha256_of_json, write_json, write_text
from latentmapper.make.dataset.feature_header import HEADER
from latentmapper.make.dataset.store import MANIFEST, Record, ShapeData, Store
from latentmapper.make.evaluation.bounds import Floor, Oracle
from latentmapper.make.evaluation.comparison import ALWAYS
from latentmapper.make.evaluation.conditions import Condition
from latentmapper.make.evaluation.evaluate import Evaluator
from latentmapper.make.evaluation.journal import Journal
from latentmapper.make.evaluation.protocol import Rules
from latentmapper.make.evaluation.setup import Sources
from latentmapper.pack_folder import content_hash, read_metadata
from latentmapper.places import Place
from latentmapper.quantising import resolved

log = logging.getLogger(__name__)
PARTS = "session.json"
DECODED = "decoded"
"""Origin of shapes that are what the base model makes of a code."""


@dataclass(frozen=True)
class Session:
    """Everything that decides the results of a run, and where they go."""

    store: Place
    rules: Rules
    conditions: tuple[Condition, ...]
    sources: Sources
    out: Path
    threads: int
    """Of every worker."""
    measures: tuple[str, ...] = ALWAYS
    """What is measured, by the names of `comparison.measures`."""

    @property
    def parts(self) -> dict[str, Any]:
        """All that a result depends on besides its shape, as JSON by what people call it."""
        sources = self.sources
        retrieved = sources.training if sources.features or sources.oracle else ()
        return {
            "protocol": self.rules.id,
            "conditions": list(self.conditions),
            "metrics": list(self.measures),
            "pack": content_hash(read_metadata(sources.pack)),
            "features": [_hash("--features", each / HEADER, "data features") for each in sources.features],
            "training stores": [_hash("--training", store / MANIFEST, "data build") for store in retrieved],
            "ceiling": _hash("--ceiling", sources.ceiling, "fit") if sources.ceiling else None,
            "baselines": list(sources.records()),
            "oracle": sources.oracle,
            "floor": sources.floor,
            # What came later counts where it is used, so that earlier results stay valid.
            **({} if sources.precision == "float32" else {"precision": resolved(sources.precision)}),
            **({} if sources.looks == 1 else {"looks": sources.looks}),
        }

    @property
    def key(self) -> str:
        """Hash of the parts; results of another key are made anew."""
        return sha256_of_json(self.parts)

    def begin(self, records: list[Record]) -> str:
        """Note the parts in the folder; says why results of these records in it do not count, if so."""
        reason = _difference(self.out / PARTS, self.parts)
        for folder in {self._path(record).parent for record in records}:
            remove_unfinished(folder)  # of killed workers
        stale = sum(map(self._stale, records))
        write_json(self.out / PARTS, self.parts)
        return f"{stale} earlier results do not count, since {reason}; they are made anew" if stale else ""

    def evaluator(self) -> Evaluator:
        """Load what the sources name."""
        return self.sources.evaluator(self.rules, self.conditions, self.measures, self.threads)

    def evaluate(self, evaluator: Evaluator, record: Record) -> dict[str, Any]:
        """Evaluate one shape and keep the result, atomically; until then, what is known of its pictures."""
        key, path, journal = self.key, self._path(record), self._journal(record)
        shape, closed, evaluator = self._subject(evaluator, record)
        result = {
            **_told(record),
            "sha256": record.sha256,
            **evaluator.shape(record.id, shape, closed, journal),
        }
        write_text(path, json.dumps({"key": key, **result}, separators=(",", ":"), allow_nan=False) + "\n")
        journal.remove()
        return result

    def kept(self, record: Record) -> dict[str, Any] | None:
        """The result of a shape that an earlier run of the same session finished, or None."""
        try:
            result = json.loads(self._path(record).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        same = result.pop("key", None) == self.key and result["sha256"] == record.sha256
        return {**result, **_told(record)} if same else None

    def _subject(self, evaluator: Evaluator, record: Record) -> tuple[ShapeData, bool, Evaluator]:
        """The true shape, whether its mesh is closed, and the evaluator for such."""
        if record.origin != DECODED:
            return Store(self.store, {}, []).load(record), record.closed, evaluator
        # These know the original mesh, which is not the truth here.
        methods = [method for method in evaluator.methods if not isinstance(method, Floor | Oracle)]
        return evaluator.decode(record.id), True, replace(evaluator, methods=methods)

    def _stale(self, record: Record) -> bool:
        """Whether the folder holds results of the shape that cannot be taken."""
        path = self._path(record)
        begun = path.with_suffix(".jsonl").exists()
        return self.kept(record) is None and (path.exists() or (begun and not self._journal(record).entries))

    def _journal(self, record: Record) -> Journal:
        name = {"key": self.key, "sha256": record.sha256}
        return Journal(self._path(record).with_suffix(".jsonl"), name)

    def _path(self, record: Record) -> Path:
        folder = self.out / "shapes"
        if record.origin == DECODED:
            folder /= DECODED
        return folder / f"{Path(record.file).stem}.json"


def _hash(flag: str, path: Place, maker: str) -> str:
    """Of a file that an option depends on. Raises `StoreError` where it cannot be read."""
    try:
        return sha256_of_bytes(path.read_bytes())
    except OSError as error:
        told = error.strerror or error
        raise StoreError(
            f"{flag}: {path} cannot be read ({told}); make it with: latentmapper {maker}"
        ) from None


def _difference(path: Path, parts: dict[str, Any]) -> str:
    """Why results of the run that left its parts in that file are none of a run of these."""
    try:
        earlier = json.loads(path.read_text(encoding="utf-8"))
        others = [name for name, value in parts.items() if earlier.get(name) != value]
    except (OSError, ValueError, AttributeError):
        return "it is not known how they were made"
    if not others:
        return "their shapes or their files have changed"
    return f"they were made with other {', '.join(others)}"


def _told(record: Record) -> dict[str, Any]:
    """What a result says of its shape by the store's manifest."""
    return {"id": record.id, "group": record.group, "origin": record.origin}


def choose(store: Store, split: str, limit: int | None) -> list[Record]:
    """The shapes to evaluate: the split's, without deformed ones; a limit takes the first by hash of the id.

    Raises `StoreError` where there are none.
    """
    records = [r for r in store.records if r.origin != "deformed" and split in ("all", r.split)]
    if not records:
        raise StoreError(f"{store.path} has no usable shape in split {split!r}")
    if limit is not None:
        records = sorted(records, key=lambda record: hashlib.sha256(record.id.encode()).digest())[:limit]
    return sorted(records, key=lambda record: record.id)


def decoded(records: list[Record], known: Collection[str]) -> list[Record]:
    """The same shapes as the base model has them: input and truth are the mesh of the shape's code.

    known : ids of the shapes of which a code is known.

    Raises `UsageError` where one has none.
    """
    if missing := [record.id for record in records if record.id not in known]:
        raise UsageError(
            f"--decoded: no code is known of {missing[0]} ({len(missing)} of {len(records)} shapes);"
            " make them with latentmapper fit, and name the file by --ceiling"
        )
    return [replace(record, origin=DECODED) for record in records]


def finished(session: Session, records: list[Record]) -> tuple[list[dict[str, Any]], list[Record]]:
    """Results that an earlier run of the session kept, and the records that are still to be done."""
    results = [(record, session.kept(record)) for record in records]
    return [result for _, result in results if result], [record for record, result in results if not result]


@dataclass(frozen=True)
class Evaluation:
    """Evaluates records of a session, wherever: `executor.map(Evaluation(session), records)`."""

    session: Session

    def __call__(self, record: Record) -> dict[str, Any]:
        """Evaluate one shape and keep the result; see `Session.evaluate`."""
        return self.session.evaluate(self.evaluator, record)

    @cached_property
    def evaluator(self) -> Evaluator:
        """What the sources name, loaded once in each process."""
        return self.session.evaluator()
