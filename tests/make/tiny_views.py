"""Pictures of the ellipsoids of `tiny_store`: as tall as these are, before noise."""

import json
from pathlib import Path

import numpy as np

from latentmapper.make.dataset.store import Store
from latentmapper.make.dataset.views import View, ViewRecord, Views, write_shard
from latentmapper.render.camera import Camera

SIDE = 64


def write_tiny_views(
    path: Path, store: Store, count: int = 3, mesh: str = "original", seed: int = 0
) -> Views:
    """`count` pictures of every shape of a store of ellipsoids."""
    rng, lines = np.random.default_rng(seed), []
    for record in store.records:
        height = float(store.load(record).vertices[:, 1].max())
        views = [_picture(height, rng) for _ in range(count)]
        file = f"{record.id}.safetensors"
        digest = write_shard(path, file, views)
        shown = ViewRecord(record.id, record.split, record.group, "test", mesh, None, count, file, digest)
        lines.append(json.dumps(vars(shown)) + "\n")
    (path / "views.json").write_text(json.dumps({"format": 1, "recipe": {}}))
    (path / "manifest.jsonl").write_text("".join(lines))
    return Views.open(path)


def _picture(height: float, rng: np.random.Generator) -> View:
    image = rng.integers(0, 100, (SIDE, SIDE, 3)).astype(np.uint8)
    y, x = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    mask = (x / 0.9) ** 2 + (y / height) ** 2 < 1
    image[mask] = 230, 20, 20
    return View(image, mask, Camera(0, 0, 3, 40), 0.0)
