"""Recipes that no run can follow, and values of no recipe, are refused before anything is trained."""

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

from latentmapper.errors import RecipeError
from latentmapper.make.dataset.feature_recipe import FeatureRecipe
from latentmapper.make.glance import GlanceRecipe
from latentmapper.make.models.autoencoder import AutoencoderShape
from latentmapper.make.models.dit import DITShape
from latentmapper.make.models.mapper import MapperShape
from latentmapper.make.models.triplane import TriplaneShape
from latentmapper.make.pack_recipe import PackRecipe
from latentmapper.make.training.autoencoder import AutoencoderRecipe
from latentmapper.make.training.contrast import ContrastRecipe
from latentmapper.make.training.dit_recipe import DITRecipe
from latentmapper.make.training.location import LocationRecipe
from latentmapper.make.training.mapper_recipe import RECIPES as MAPPERS
from latentmapper.make.training.mapper_recipe import MapperRecipe
from latentmapper.make.training.recipe import load_recipe, save_recipe
from latentmapper.make.training.shape_recipe import ShapeRecipe
from latentmapper.make.training.shape_run import RECIPES as SHAPES
from latentmapper.make.training.view_reader import ViewRecipe

NOTHING_TO_DO = [
    *((name, MapperRecipe) for name in ("steps", "batch", "patience", "check_every")),
    *((name, ShapeRecipe) for name in ("steps", "shapes_per_step", "points_per_shape")),
    *((name, DITRecipe) for name in ("steps", "shapes_per_step", "points_per_shape")),
    *((name, LocationRecipe) for name in ("pictures", "hidden", "steps", "batch", "side")),
    *((name, ContrastRecipe) for name in ("steps", "batch")),
    *((name, ViewRecipe) for name in ("steps", "batch")),
    *((name, AutoencoderRecipe) for name in ("epochs", "batch")),
    *((name, GlanceRecipe) for name in ("side", "pictures")),
]


@pytest.mark.parametrize(("name", "recipe"), NOTHING_TO_DO)
def test_a_step_of_nothing_is_refused(name: str, recipe: Any) -> None:
    least = 2 if recipe is ContrastRecipe and name == "batch" else 1
    told = f"--{name.replace('_', '-')} must be at least {least}, not 0"
    with pytest.raises(RecipeError, match=told) as caught:
        recipe(**{name: 0})
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("recipe", [MapperRecipe, ViewRecipe])
@pytest.mark.parametrize("share", [-0.1, 1.5])
def test_a_share_that_is_none_is_refused(recipe: Any, share: float) -> None:
    """One kind of pictures would be drawn less often than never, and others in its place."""
    with pytest.raises(RecipeError, match=f"--parametric-share must lie in 0..1, not {share:g}"):
        recipe(parametric_share=share)


def test_passes_need_no_steps_between_looks() -> None:
    assert MapperRecipe(epochs=1, check_every=0).check_every == 0


def test_a_change_cannot_be_forbidden_altogether() -> None:
    with pytest.raises(RecipeError, match="--strength must be above 0, not 0"):
        GlanceRecipe(strength=0.0)


def test_a_glance_at_the_whole_is_refused() -> None:
    """What reads it would take the place of what judges whole pictures."""
    with pytest.raises(RecipeError, match="--side must be less than 224, the whole picture's, not 224"):
        GlanceRecipe(side=224)


@pytest.mark.parametrize("recipe", [ShapeRecipe, DITRecipe, MapperRecipe, AutoencoderRecipe, ContrastRecipe])
def test_a_seed_that_no_generator_takes_is_refused(recipe: Any) -> None:
    with pytest.raises(RecipeError, match="--seed must be at least 0, not -1"):
        recipe(seed=-1)


@pytest.mark.parametrize(
    ("recipe", "change", "told"),
    [
        (ShapeRecipe, {"code_rate": 0.0}, "--code-rate must be above 0, not 0"),
        (ShapeRecipe, {"clamp": float("nan")}, "--clamp must be above 0, not nan"),
        (DITRecipe, {"warper_rate": -1.0}, "--warper-rate must be above 0, not -1"),
        (AutoencoderRecipe, {"rate": 0.0}, "--rate must be above 0, not 0"),
        (MapperRecipe, {"temperature": 0.0}, "--temperature must be above 0, not 0"),
        (MapperRecipe, {"clip": -1.0}, "--clip must be at least 0, not -1"),
        (MapperRecipe, {"balance": 1.5}, r"--balance must lie in 0\.\.1, not 1.5"),
        (MapperRecipe, {"block_rate": 0.0}, "rates must be above 0, not 0"),
        (MapperRecipe, {"metric_points": 0}, "--metric-points must be at least 1, not 0"),
        (FeatureRecipe, {"grid": 0}, "--grid must be at least 1, not 0"),
        (PackRecipe, {"id": "a\nb"}, r"--id must be letters that can be printed, such as car-1, not 'a\\nb'"),
        (PackRecipe, {"id": ""}, "--id must be letters that can be printed"),
        (PackRecipe, {"id": "a-1", "level": float("nan")}, "--level must be a finite number, not nan"),
        (PackRecipe, {"id": "a-1", "sharpness": 0.0}, "--sharpness must be above 0 and finite, not 0"),
    ],
)
def test_a_value_that_nothing_is_learned_or_told_at_is_refused(
    recipe: Any, change: dict[str, Any], told: str
) -> None:
    with pytest.raises(RecipeError, match=told):
        recipe(**change)


@pytest.mark.parametrize(
    ("shape", "change", "told"),
    [
        (TriplaneShape, {"code_size": 0}, "--shape.code-size must be at least 1, not 0"),
        (TriplaneShape, {"widths": (48, 30)}, "--shape.widths must be multiples of 8, not 30"),
        (DITShape, {"template_layers": 0}, "--shape.template-layers must be at least 1, not 0"),
        (DITShape, {"dropout": 1.0}, "--shape.dropout must be at least 0 and below 1, not 1"),
        (AutoencoderShape, {"bottleneck": 0}, "--shape.bottleneck must be at least 1, not 0"),
        (MapperShape, {"components": 0}, "--shape.components must be at least 1, not 0"),
        (MapperShape, {"skipped": 1.0}, "--shape.skipped must be at least 0 and below 1, not 1"),
        (MapperShape, {"queries": -1}, "--shape.queries must be at least 0, not -1"),
    ],
)
def test_sizes_that_no_network_has_are_refused(shape: Any, change: dict[str, Any], told: str) -> None:
    with pytest.raises(RecipeError, match=told):
        shape(**change)


def test_what_json_cannot_hold_is_refused_before_anything_is_trained(tmp_path: Path) -> None:
    recipe = MapperRecipe(code_weight=float("nan"), shape=MapperShape(bound=float("inf")))
    with pytest.raises(RecipeError, match=r"--shape\.bound must be a finite number, not inf") as caught:
        save_recipe(recipe, tmp_path / "recipe.json")
    assert caught.value.exit_code == 2 and not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("steps", "many"), ("steps", 1.5), ("steps", None), ("steps", True), ("bfloat16", "no"),
        ("shape", []),
        ("shape", {"widths": 3}), ("shape", {"widths": [8, "x"]}), ("code_start", "nowhere"),
        ("licenses", "MIT"), ("clamp", "far"),
    ],
)  # fmt: skip
def test_a_recipe_with_a_value_of_another_kind_is_named(tmp_path: Path, field: str, value: Any) -> None:
    path = tmp_path / "recipe.json"
    path.write_text(json.dumps({field: value}))
    name = next(iter(value)) if isinstance(value, dict) else field
    with pytest.raises(
        RecipeError, match=f"recipe.json has .* for '{name}', which is no value of that field"
    ):
        load_recipe(ShapeRecipe, path)


@pytest.mark.parametrize("recipe", [*SHAPES.values(), *MAPPERS.values(), AutoencoderRecipe(), ViewRecipe()])
def test_every_recipe_comes_back_from_json(tmp_path: Path, recipe: Any) -> None:
    save_recipe(recipe, tmp_path / "recipe.json")
    assert load_recipe(type(recipe), tmp_path / "recipe.json") == recipe
