"""The auto-decoder learns, resumes exactly, and codes of new shapes can be fitted."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from latentmapper.errors import RecipeError, StoreError  # noqa: E402
from latentmapper.make.dataset.joined import JoinedStore  # noqa: E402
from latentmapper.make.models.triplane import TriplaneShape  # noqa: E402
from latentmapper.make.training import checkpoint  # noqa: E402
from latentmapper.make.training.auto_decoding import stored_samples  # noqa: E402
from latentmapper.make.training.fit import FitRecipe, fit_codes  # noqa: E402
from latentmapper.make.training.recipe import check_begun, load_recipe, save_recipe  # noqa: E402
from latentmapper.make.training.shape import train_shape  # noqa: E402
from latentmapper.make.training.shape_recipe import ShapeRecipe  # noqa: E402
from latentmapper.make.training.shape_run import load_shape_run  # noqa: E402
from latentmapper.make.training.triplane import TriplaneTask  # noqa: E402
from tests.make.tiny_store import write_tiny_store  # noqa: E402

TINY = ShapeRecipe(
    shape=TriplaneShape(code_size=8, seed_channels=8, widths=(8, 8), channels=8, hidden=16),
    steps=60,
    shapes_per_step=3,
    points_per_shape=512,
    network_rate=5e-3,
)


@pytest.mark.parametrize("bfloat16", [False, True])
def test_training_lowers_the_error(tmp_path: Path, bfloat16: bool) -> None:
    store = JoinedStore([write_tiny_store(tmp_path / "store")])
    train_shape(store, tmp_path / "run", dataclasses.replace(TINY, steps=100, bfloat16=bfloat16))
    lines = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert lines[-1]["step"] == 100
    assert lines[-1]["l1"] < 0.75 * lines[0]["l1"]


def test_a_killed_run_resumes_to_the_same_weights(tmp_path: Path) -> None:
    store = JoinedStore([write_tiny_store(tmp_path / "store")])
    recipe = dataclasses.replace(TINY, steps=6)
    train_shape(store, tmp_path / "whole", recipe)
    _train_in_two_parts(store, tmp_path / "parts", recipe, first=3)
    whole, parts = load_shape_run(tmp_path / "whole"), load_shape_run(tmp_path / "parts")
    assert torch.equal(whole.codes, parts.codes)
    for a, b in zip(whole.network.parameters(), parts.network.parameters(), strict=True):
        assert torch.equal(a, b)


def test_a_fitted_code_reaches_the_training_error(tmp_path: Path) -> None:
    store = JoinedStore([write_tiny_store(tmp_path / "store")])
    train_shape(store, tmp_path / "run", dataclasses.replace(TINY, steps=150))
    model = load_shape_run(tmp_path / "run")
    samples = stored_samples(store, store.records)
    _, before = fit_codes(model, samples, FitRecipe(steps=0, points=1024, starts=0))
    codes, after = fit_codes(model, samples, FitRecipe(steps=40, points=1024))
    assert codes.shape == (4, 8)
    assert np.all(after <= before + 1e-3)
    assert after.mean() < 0.9 * before.mean()
    begun, _ = fit_codes(model, samples, FitRecipe(steps=0))
    order = [model.ids.index(record.id) for record in store.records if record.split == "train"]
    np.testing.assert_array_equal(begun[:3], model.codes[order], err_msg="each begins at its own code")


def test_fitting_does_not_depend_on_the_company(tmp_path: Path) -> None:
    store = JoinedStore([write_tiny_store(tmp_path / "store")])
    # Planes that are any coarser leave open so early which of the known codes a shape begins at.
    finer = dataclasses.replace(TINY.shape, widths=(8, 8, 8))
    train_shape(store, tmp_path / "run", dataclasses.replace(TINY, steps=5, shape=finer))
    model = load_shape_run(tmp_path / "run")
    samples = stored_samples(store, store.records)
    alone, _ = fit_codes(model, samples[:1], FitRecipe(steps=5, points=256))
    together, _ = fit_codes(model, [samples[0]] * 3, FitRecipe(steps=5, points=256))
    assert together.shape == (3, 8)
    assert alone.shape == (1, 8)
    np.testing.assert_allclose(np.abs(together - alone).max(), 0, atol=0.1)


def test_an_unknown_recipe_field_is_named(tmp_path: Path) -> None:
    path = tmp_path / "recipe.json"
    save_recipe(TINY, path)
    assert load_recipe(ShapeRecipe, path) == TINY
    path.write_text(json.dumps(dataclasses.asdict(TINY) | {"learning": 1}))
    with pytest.raises(RecipeError, match="unknown field 'learning'") as caught:
        load_recipe(ShapeRecipe, path)
    assert caught.value.exit_code == 2


def test_a_run_goes_on_only_as_it_was_begun(tmp_path: Path) -> None:
    path = tmp_path / "run" / "recipe.json"
    check_begun(TINY, path)
    path.parent.mkdir()
    save_recipe(TINY, path)
    check_begun(dataclasses.replace(TINY, steps=TINY.steps + 1), path, free=("steps",))
    for change, told in (
        ({"steps": 7}, f"steps {TINY.steps}, not 7"),
        ({"code_start": "random"}, "code_start principal, not random"),
        ({"licenses": ("MIT",)}, r"licenses \(\), not \('MIT',\)"),
        ({"shape": dataclasses.replace(TINY.shape, channels=99)}, r"shape\.channels \d+, not 99"),
    ):
        with pytest.raises(RecipeError, match=f"run holds a run that was begun with {told}; go on"):
            check_begun(dataclasses.replace(TINY, **change), path)


def test_a_run_that_is_longer_than_asked_for_is_left_as_it_is(tmp_path: Path) -> None:
    """Its recipe, which packs tell, would say that it was shorter."""
    store = JoinedStore([write_tiny_store(tmp_path / "store")])
    train_shape(store, tmp_path / "run", dataclasses.replace(TINY, steps=2))
    told = "run holds a run of 2 steps, more than --steps 1; ask for as many or more, or choose another"
    with pytest.raises(RecipeError, match=told):
        train_shape(store, tmp_path / "run", dataclasses.replace(TINY, steps=1))
    assert load_recipe(ShapeRecipe, tmp_path / "run" / "recipe.json").steps == 2


def test_a_run_goes_on_only_on_its_own_shapes(tmp_path: Path) -> None:
    store = JoinedStore([write_tiny_store(tmp_path / "store")])
    train_shape(store, tmp_path / "run", dataclasses.replace(TINY, steps=1))
    kept = tmp_path / "run" / "shapes.json"
    # As many others would fit the checkpoint, and answer to the wrong names.
    kept.write_text(json.dumps(json.loads(kept.read_text()) | {"ids": ["a", "b", "c"]}))
    before = kept.read_bytes()
    with pytest.raises(StoreError, match="run holds a run on other shapes; choose the same ones"):
        train_shape(store, tmp_path / "run", TINY)
    assert kept.read_bytes() == before


def test_shapes_under_other_licenses_are_left_out(tmp_path: Path) -> None:
    store = JoinedStore([write_tiny_store(tmp_path / "store")])
    record, *others = store.split("train")
    index = store.records.index(record)
    store.records[index] = dataclasses.replace(record, license="BSD-3-Clause")
    train_shape(store, tmp_path / "run", dataclasses.replace(TINY, steps=1, licenses=("BSD-3-Clause",)))
    assert others
    assert load_shape_run(tmp_path / "run").ids == [record.id]


def test_licenses_that_no_shape_has_are_named(tmp_path: Path) -> None:
    store = JoinedStore([write_tiny_store(tmp_path / "store")])
    with pytest.raises(StoreError, match="no training shapes under MIT"):
        train_shape(store, tmp_path / "run", dataclasses.replace(TINY, licenses=("MIT",)))


@pytest.mark.parametrize("lopsided", [0, 1])
def test_a_symmetric_model_of_shapes_that_are_not_is_refused(tmp_path: Path, lopsided: int) -> None:
    """Whichever of several stores holds them."""
    stores = [write_tiny_store(tmp_path / name) for name in "ab"]
    stores[1].records = [dataclasses.replace(r, id=f"more-{r.id}") for r in stores[1].records]
    stores[lopsided].header["symmetric"] = False
    with pytest.raises(RecipeError, match=r"not mirror-symmetric: add --shape\.no-symmetric"):
        train_shape(JoinedStore(stores), tmp_path / "run", TINY)


def test_a_run_goes_on_from_another_with_more_shapes(tmp_path: Path) -> None:
    few = JoinedStore([write_tiny_store(tmp_path / "few", 3)])
    more = JoinedStore([write_tiny_store(tmp_path / "more", 4)])
    train_shape(few, tmp_path / "first", TINY)
    still = dataclasses.replace(TINY, steps=1, network_rate=1e-9, code_rate=1e-9)
    train_shape(more, tmp_path / "second", still, start=tmp_path / "first")
    first, second = load_shape_run(tmp_path / "first"), load_shape_run(tmp_path / "second")
    assert (len(first.ids), len(second.ids)) == (2, 3)
    for name, code in first.codes_by_id.items():
        np.testing.assert_allclose(second.codes_by_id[name], code, atol=1e-6)
    for a, b in zip(first.network.parameters(), second.network.parameters(), strict=True):
        torch.testing.assert_close(a, b, atol=1e-6, rtol=0)


@pytest.mark.parametrize(
    ("model", "message"), [("other sizes", "sizes other than asked"), ("other shapes", "knows none of these")]
)
def test_a_run_cannot_go_on_from_one_that_means_something_else(
    tmp_path: Path, model: str, message: str
) -> None:
    store = JoinedStore([write_tiny_store(tmp_path / "store")])
    train_shape(store, tmp_path / "first", dataclasses.replace(TINY, steps=1))
    recipe = TINY
    if model == "other sizes":
        recipe = dataclasses.replace(TINY, shape=dataclasses.replace(TINY.shape, hidden=8))
    else:
        run = tmp_path / "first" / "shapes.json"
        run.write_text(json.dumps(json.loads(run.read_text()) | {"ids": ["a", "b", "c"]}))
    with pytest.raises((RecipeError, StoreError), match=message):
        train_shape(store, tmp_path / "second", recipe, start=tmp_path / "first")
    assert not (tmp_path / "second").exists()


def test_a_missing_run_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="latentmapper train shape"):
        load_shape_run(tmp_path)


def test_a_checkpoint_of_another_recipe_is_refused(tmp_path: Path) -> None:
    checkpoint.save(tmp_path, 1, {"a": torch.nn.Linear(2, 2)}, [])
    with pytest.raises(StoreError, match="another recipe"):
        checkpoint.load(tmp_path, {"a": torch.nn.Linear(3, 2)}, [])


def _train_in_two_parts(store: JoinedStore, folder: Path, recipe: ShapeRecipe, first: int) -> None:
    """Stop after `first` steps as a killed process would: with nothing but its last checkpoint."""
    from latentmapper.make.training.loop import train

    records = store.split("train")
    task = TriplaneTask(store, records, recipe)

    class KilledError(Exception):
        pass

    original = task.loss

    def loss(step: int):
        if step == first:
            raise KilledError
        return original(step)

    task.loss = loss  # type: ignore[method-assign]
    folder.mkdir()
    with pytest.raises(KilledError):
        train(task, folder, recipe.steps, recipe.final_rate, save_every=first)
    train_shape(store, folder, recipe)


def test_what_a_killed_run_left_unfinished_is_removed(tmp_path: Path) -> None:
    store = JoinedStore([write_tiny_store(tmp_path / "store")])
    for steps in (1, 2):
        train_shape(store, tmp_path / "run", dataclasses.replace(TINY, steps=steps))
        left = tmp_path / "run" / ".checkpoint.safetensors.8f3a.partial"
        assert not left.exists()
        left.touch()
