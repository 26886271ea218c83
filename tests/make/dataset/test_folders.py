"""Stores and views keep out of each other's folders."""

from pathlib import Path

import pytest

from latentmapper.errors import UsageError
from latentmapper.make.dataset import store, views
from latentmapper.make.dataset.build import build
from latentmapper.make.dataset.plan import BuildRecipe
from latentmapper.make.dataset.render_shapes import render_shapes, render_store
from latentmapper.make.dataset.view_recipe import ViewRecipe


def test_a_store_is_not_built_among_views(tmp_path: Path) -> None:
    (tmp_path / views.HEADER).write_text("{}")
    with pytest.raises(UsageError, match="it holds views; choose another folder"):
        build(["parametric:cars:1"], tmp_path, BuildRecipe())


def test_views_are_not_rendered_into_a_store(tmp_path: Path) -> None:
    for name in (store.HEADER, store.MANIFEST):
        (tmp_path / name).write_text("{}\n")
    with pytest.raises(UsageError, match="it holds a store; choose another folder"):
        render_shapes([], tmp_path, ViewRecipe())
    with pytest.raises(UsageError, match="it holds a store; choose another folder"):
        render_store(store.Store(tmp_path, {}, []), tmp_path, ViewRecipe())
    assert {path.name for path in tmp_path.iterdir()} == {store.HEADER, store.MANIFEST}
