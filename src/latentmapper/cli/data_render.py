"""`latentmapper data render`: the shapes of a store to photo-like pictures."""

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro


def main(verb: str, argv: list[str]) -> int:
    """Run the verb; exit code 0 where every shape of the store has its views."""
    from latentmapper.make.dataset.render_shapes import render_store
    from latentmapper.make.dataset.store import Store
    from latentmapper.make.dataset.view_recipe import ViewRecipe
    from latentmapper.make.dataset.views import ViewRecord, read_manifest

    @dataclass(frozen=True)
    class Config:
        """Render every shape of a store from many sides; run again to go on where it stopped."""

        store: Annotated[Path, tyro.conf.Positional]
        """The store that `latentmapper data build` made."""
        output: Annotated[Path, tyro.conf.arg(aliases=["-o"])]
        """Folder for the views."""
        recipe: Annotated[ViewRecipe, tyro.conf.arg(name="")] = field(default_factory=ViewRecipe)
        """What the pictures show."""
        workers: int | None = None
        """Processes; the number of cores by default."""

    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    store = Store.open(config.store)
    reporter = Reporter(len(store.records), len(read_manifest(config.output)))

    def progress(record: ViewRecord) -> None:
        reporter.step(record.views)

    records = render_store(store, config.output, config.recipe, config.workers, progress)
    total = sum(record.views for record in records)
    print(f"{config.output}: {total} views of {len(records)} shapes")
    return 0


class Reporter:
    """Plain progress lines on standard error, a few seconds apart: done, rate, time left."""

    EVERY = 5.0

    def __init__(self, total: int, already: int) -> None:
        self._total, self._done, self._new, self._views = total, already, 0, 0
        self._start = self._last = time.monotonic()

    def step(self, views: int) -> None:
        """Count one more shape with so many views."""
        self._done, self._new, self._views = self._done + 1, self._new + 1, self._views + views
        now = time.monotonic()
        if now - self._last < self.EVERY and self._done < self._total:
            return
        self._last = now
        elapsed = max(now - self._start, 1e-6)
        left = (self._total - self._done) * elapsed / self._new
        line = f"{self._done}/{self._total} shapes, {self._views / elapsed:.1f} views/s, {left:.0f} s left"
        print(line, file=sys.stderr, flush=True)
