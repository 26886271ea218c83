"""Recipes of steps that hold nothing are refused before anything is trained."""

from typing import Any

import pytest

pytest.importorskip("torch")

from latentmapper.errors import RecipeError
from latentmapper.make.glance import GlanceRecipe
from latentmapper.make.training.autoencoder import AutoencoderRecipe
from latentmapper.make.training.contrast import ContrastRecipe
from latentmapper.make.training.dit_recipe import DITRecipe
from latentmapper.make.training.location import LocationRecipe
from latentmapper.make.training.mapper_recipe import MapperRecipe
from latentmapper.make.training.shape_recipe import ShapeRecipe
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
