"""Fitting a store tells how far it is, and an interrupted run ends like an unbroken one."""

import dataclasses
import json
import logging
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load

torch = pytest.importorskip("torch")

from latentmapper.cli import run  # noqa: E402
from latentmapper.errors import StoreError  # noqa: E402
from latentmapper.executors import LocalExecutor  # noqa: E402
from latentmapper.make.dataset.joined import JoinedStore  # noqa: E402
from latentmapper.make.training import fit  # noqa: E402
from latentmapper.make.training.codes import load_codes  # noqa: E402
from latentmapper.make.training.distributed import Process  # noqa: E402
from latentmapper.make.training.fit import FitRecipe  # noqa: E402
from latentmapper.make.training.fit_store import fit_store  # noqa: E402
from latentmapper.make.training.shape import train_shape  # noqa: E402
from tests.full_disk import fill_up, unfinished  # noqa: E402
from tests.make.tiny_store import write_tiny_store  # noqa: E402
from tests.make.training.test_shape import TINY  # noqa: E402

RECIPE = FitRecipe(steps=3, points=128, batch=1)
SPLITS = ("train", "validation")


@pytest.fixture
def store(tmp_path: Path) -> JoinedStore:
    """Four shapes, and a shape model beside them that has hardly begun."""
    made = JoinedStore([write_tiny_store(tmp_path / "store")])
    train_shape(made, tmp_path / "run", dataclasses.replace(TINY, steps=2))
    return made


def test_a_fit_that_was_killed_at_its_end_leaves_nothing_beside_its_codes(
    store: JoinedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("latentmapper.make.training.fit_store._remove", killed)
        fit_store(tmp_path / "run", store, SPLITS, tmp_path / "codes", RECIPE)
    parts = tmp_path / ".codes.parts"
    (parts / "other").touch()  # of a run by another recipe
    assert fit_store(tmp_path / "run", store, SPLITS, tmp_path / "codes", RECIPE)[0] == 4
    assert [path.name for path in parts.iterdir()] == ["other"]
    (parts / "other").unlink()
    fit_store(tmp_path / "run", store, SPLITS, tmp_path / "codes", RECIPE)
    assert not parts.exists()


def test_codes_say_how_they_were_found(store: JoinedStore, tmp_path: Path) -> None:
    """What the recipe left to the kind of network is decided there."""
    fit_store(tmp_path / "run", store, SPLITS, tmp_path / "codes", RECIPE)
    recipe = json.loads(load((tmp_path / "codes").read_bytes())["recipe"].tobytes())
    assert recipe == dataclasses.asdict(fit.Fit(steps=3, points=128, batch=1))


def test_an_interrupted_fit_ends_like_an_unbroken_one(
    store: JoinedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "latentmapper")
    assert fit_store(tmp_path / "run", store, SPLITS, tmp_path / "whole", RECIPE)[0] == 4
    whole, fitted = fit._fit_batch, []

    def fails_at_the_third(*arguments):
        fitted.append(1)
        if len(fitted) == 3:
            raise KeyboardInterrupt
        return whole(*arguments)

    monkeypatch.setattr(fit, "_fit_batch", fails_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        fit_store(tmp_path / "run", store, SPLITS, tmp_path / "parts", RECIPE)
    assert not (tmp_path / "parts").exists() and len(list((tmp_path / ".parts.parts").iterdir())) == 2
    fit_store(tmp_path / "run", store, SPLITS, tmp_path / "parts", RECIPE)
    assert len(fitted) == 5  # two were not done again
    assert "2 of 4 shapes were done by an earlier run" in caplog.messages
    ends, unbroken = load_codes(tmp_path / "parts"), load_codes(tmp_path / "whole")
    assert ends.keys() == unbroken.keys()
    for name, code in unbroken.items():
        np.testing.assert_array_equal(ends[name], code)
    assert not (tmp_path / ".parts.parts").exists()


def test_codes_that_are_there_are_not_fitted_again_unless_something_differs(
    store: JoinedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = fit_store(tmp_path / "run", store, SPLITS, tmp_path / "codes", RECIPE)
    written = (tmp_path / "codes").read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(fit, "_fit_batch", lambda *_: pytest.fail("fitted again"))
        assert fit_store(tmp_path / "run", store, SPLITS, tmp_path / "codes", RECIPE) == first
    fit_store(tmp_path / "run", store, SPLITS, tmp_path / "codes", dataclasses.replace(RECIPE, steps=1))
    assert (tmp_path / "codes").read_bytes() != written
    assert fit_store(tmp_path / "run", store, ("train",), tmp_path / "codes", RECIPE)[0] == 3
    assert len(load_codes(tmp_path / "codes")) == 3


def test_what_another_recipe_or_a_crash_left_is_not_used(
    store: JoinedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit_store(tmp_path / "run", store, SPLITS, tmp_path / "whole", RECIPE)
    with monkeypatch.context() as patch:
        patch.setattr("latentmapper.make.training.fit_store.save_codes", lambda *_: 1 / 0)
        for recipe in (RECIPE, dataclasses.replace(RECIPE, steps=1)):
            with pytest.raises(ZeroDivisionError):
                fit_store(tmp_path / "run", store, SPLITS, tmp_path / "parts", recipe)
    left = sorted((tmp_path / ".parts.parts").iterdir())
    assert len(left) == 8
    for path in left:
        path.write_bytes(path.read_bytes()[:-1])
    fit_store(tmp_path / "run", store, SPLITS, tmp_path / "parts", RECIPE)
    for name, code in load_codes(tmp_path / "whole").items():
        np.testing.assert_array_equal(load_codes(tmp_path / "parts")[name], code)


def test_a_full_disk_ends_the_fit_which_goes_on_when_there_is_room(
    store: JoinedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch:
        fill_up(patch, room=3)
        with pytest.raises(OSError, match=r"No space left on device: .*safetensors"):
            fit_store(tmp_path / "run", store, SPLITS, tmp_path / "codes", RECIPE)
    assert not unfinished(tmp_path)
    caplog.set_level(logging.INFO, "latentmapper")
    fit_store(tmp_path / "run", store, SPLITS, tmp_path / "codes", RECIPE)
    assert "3 of 4 shapes were done by an earlier run" in caplog.messages
    fit_store(tmp_path / "run", store, SPLITS, tmp_path / "whole", RECIPE)
    assert (tmp_path / "codes").read_bytes() == (tmp_path / "whole").read_bytes()


def test_batches_come_out_the_same_whoever_fits_them(store: JoinedStore, tmp_path: Path) -> None:
    recipe = dataclasses.replace(RECIPE, batch=2)
    alone = fit_store(tmp_path / "run", store, SPLITS, tmp_path / "alone", recipe)
    assert fit_store(tmp_path / "run", store, SPLITS, tmp_path / "two", recipe, LocalExecutor(2)) == alone
    assert (tmp_path / "alone").read_bytes() == (tmp_path / "two").read_bytes()


def test_batches_that_another_process_keeps_elsewhere_are_missed(
    store: JoinedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Process, "wait", lambda _: None)
    with pytest.raises(StoreError, match=r"\.codes\.parts lacks batches that another process has fitted"):
        fit_store(tmp_path / "run", store, SPLITS, tmp_path / "codes", RECIPE, process=Process(0, 2))
    assert not (tmp_path / "codes").exists()


def test_splits_without_shapes_are_named(
    store: JoinedStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = [str(tmp_path / "run"), str(tmp_path / "store"), "-o", str(tmp_path / "codes")]
    assert run(["fit", *folders, "--splits", "test"]) == 1
    assert "--splits test: the stores hold no such shape" in capsys.readouterr().err


def test_several_ways_to_spread_a_fit_do_not_mix(
    store: JoinedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["fit", str(tmp_path / "run"), str(tmp_path / "store"), "-o", str(tmp_path / "codes")]
    assert run([*command, "--executor", "ray", "--device", "cuda:1"]) == 2
    assert "--device cuda:1: --executor ray takes cores of a cluster, and no GPUs" in capsys.readouterr().err
    monkeypatch.setattr("latentmapper.cli.fit.training", lambda *_: nullcontext(Process(0, 2)))
    assert run([*command, "--workers", "2"]) == 2
    told = "torchrun has started the processes: leave out --workers and --executor"
    assert told in capsys.readouterr().err
