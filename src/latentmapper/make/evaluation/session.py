"""One evaluation from its configuration: the shapes it takes, the workers it uses, the files it leaves."""

import hashlib
import json
import logging
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from latentmapper.errors import StoreError
from latentmapper.files import sha256_of_file, sha256_of_json, write_text
from latentmapper.make.dataset.store import MANIFEST, Record, Store
from latentmapper.make.evaluation.comparison import ALWAYS
from latentmapper.make.evaluation.conditions import Condition
from latentmapper.make.evaluation.evaluate import Evaluator
from latentmapper.make.evaluation.protocol import Rules
from latentmapper.make.evaluation.setup import Sources
from latentmapper.make.workers import end_with_parent
from latentmapper.pack import content_hash, read_metadata

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Session:
    """Everything that decides the results of a run, and where they go."""

    store: Path
    rules: Rules
    conditions: tuple[Condition, ...]
    sources: Sources
    out: Path
    threads: int
    """Of every worker."""
    measures: tuple[str, ...] = ALWAYS
    """What is measured, by the names of `comparison.measures`."""

    @property
    def key(self) -> str:
        """Hash of all that a result depends on besides its shape; those of another key are made anew."""
        sources = self.sources
        files = [folder / "features.json" for folder in sources.features]
        files += [sources.ceiling] if sources.ceiling else []
        files += [store / MANIFEST for store in sources.training] if sources.oracle else []
        pack = content_hash(read_metadata(sources.pack))
        asked = [list(self.conditions), list(self.measures), sources.oracle, sources.floor]
        return sha256_of_json([self.rules.id, asked, pack, *map(sha256_of_file, files), *sources.records()])

    def evaluator(self) -> Evaluator:
        """Load what the sources name."""
        return self.sources.evaluator(self.rules, self.conditions, self.measures, self.threads)

    def evaluate(self, evaluator: Evaluator, record: Record) -> dict[str, Any]:
        """Evaluate one shape and keep the result, atomically."""
        result = {
            "id": record.id,
            "group": record.group,
            "origin": record.origin,
            "sha256": record.sha256,
            **evaluator.shape(record.id, Store.open(self.store).load(record), record.closed),
        }
        line = json.dumps({"key": self.key, **result}, separators=(",", ":"), allow_nan=False)
        write_text(self._path(record), line + "\n")
        return result

    def kept(self, record: Record) -> dict[str, Any] | None:
        """The result of a shape that an earlier run of the same session finished, or None."""
        try:
            result = json.loads(self._path(record).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        same = result.pop("key", None) == self.key and result["sha256"] == record.sha256
        return result if same else None

    def _path(self, record: Record) -> Path:
        return self.out / "shapes" / f"{Path(record.file).stem}.json"


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


def finished(session: Session, records: list[Record]) -> tuple[list[dict[str, Any]], list[Record]]:
    """Results that an earlier run of the session kept, and the records that are still to be done."""
    results = [(record, session.kept(record)) for record in records]
    return [result for _, result in results if result], [record for record, result in results if not result]


def run(session: Session, records: list[Record], workers: int) -> Iterator[dict[str, Any]]:
    """Evaluate the records, each result as it comes, with `workers` processes side by side."""
    if workers > 1 and len(records) > 1:
        yield from _side_by_side(session, records, min(workers, len(records)))
    elif records:
        evaluator = session.evaluator()
        yield from (session.evaluate(evaluator, record) for record in records)


def _side_by_side(session: Session, records: list[Record], workers: int) -> Iterator[dict[str, Any]]:
    for name in ("OMP_NUM_THREADS", "IGL_NUM_THREADS"):  # spawned processes inherit it
        os.environ.setdefault(name, "1")
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_start, initargs=(session,)) as pool:
        futures = [pool.submit(_work, record) for record in records]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


_worker: tuple[Session, Evaluator] | None = None


def _start(session: Session) -> None:
    """Load everything once in a worker process."""
    global _worker
    end_with_parent()
    _worker = session, session.evaluator()


def _work(record: Record) -> dict[str, Any]:
    assert _worker is not None
    session, evaluator = _worker
    return session.evaluate(evaluator, record)
