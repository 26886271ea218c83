"""Pictures of the shapes that a pack knows: of what its base model decodes, each told by its name."""

from pathlib import Path

import numpy as np
import pytest

from latentmapper.errors import StoreError
from latentmapper.executors import ALONE
from latentmapper.make.dataset.view_recipe import ViewRecipe
from latentmapper.make.dataset.views import Views
from latentmapper.make.pack_views import known_shapes, render_pack
from latentmapper.pack import Pack
from latentmapper.render.raycast import Scene
from latentmapper.render.sampling import sample
from latentmapper.shapes.cleanup import clean
from latentmapper.shapes.extraction import extract
from tests.tiny_pack import write_tiny_pack

VIEWS = ViewRecipe(views=2, plain=1.0, occluded=0.0, cut=0.0, letterbox=0.0)


def test_pictures_show_what_the_pack_decodes(tmp_path: Path) -> None:
    pack = Pack.open(write_tiny_pack(tmp_path / "pack"), 1)
    records = render_pack(pack, tmp_path / "views", VIEWS, 32, ALONE)
    assert sorted(record.shape for record in records) == ["ball", "cigar", "egg"]
    assert {(record.mesh, record.split, record.views) for record in records} == {("decoded", "train", 2)}
    views = Views.open(tmp_path / "views")
    assert views.header["recipe"]["category"] == "car"
    mesh, _ = clean(extract(pack.field(pack.bank[0]), 32))
    for view in views.load(views.records[0]):
        truth = sample(Scene(mesh.vertices, mesh.faces), view.camera, (224, 224)).coverage() > 0.5
        assert (truth & view.mask).sum() / (truth | view.mask).sum() > 0.95


def test_it_goes_on_where_it_stopped_and_mixes_no_codes(tmp_path: Path) -> None:
    pack = Pack.open(write_tiny_pack(tmp_path / "pack"), 1)

    def stop(things, *_: object, **__: object):
        yield next(things)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render_pack(pack, tmp_path / "parts", VIEWS, 32, ALONE, stop)
    parts, whole = (render_pack(pack, tmp_path / name, VIEWS, 32, ALONE) for name in ("parts", "whole"))
    assert {r.shape: r.sha256 for r in parts} == {r.shape: r.sha256 for r in whole}
    (tmp_path / "pack" / "notes.txt").write_text("no part of the pack")
    render_pack(pack, tmp_path / "whole", VIEWS, 32, ALONE)
    other = Pack.open(tmp_path / "pack", 1)
    other.arrays["bank"] = other.arrays["bank"] + np.float32(1)
    with pytest.raises(StoreError, match="holds meshes decoded otherwise"):
        render_pack(other, tmp_path / "whole", VIEWS, 32, ALONE)
    with pytest.raises(StoreError, match=r"decoded otherwise \(resolution 32, now 64\)"):
        render_pack(pack, tmp_path / "whole", VIEWS, 64, ALONE)


def test_variants_share_their_group(tmp_path: Path) -> None:
    pack = Pack.open(write_tiny_pack(tmp_path / "pack"), 1)
    pack.metadata["shapes"] = ["kenney__van", "kenney__van~1", "parametric-car__1-00001"]
    told = [(shape.group, shape.source) for shape in known_shapes(pack)]
    assert told == [
        *2 * [("kenney__van", "kenney")],
        ("parametric-car__1-00001", "parametric-car"),
    ]
