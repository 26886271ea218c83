"""`latentmapper data render --decode`: from store and shape run to pictures, and its refusals."""

import dataclasses
from pathlib import Path

import pytest

pytest.importorskip("torch")

from latentmapper.cli import run
from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.dataset.views import Views
from latentmapper.make.training.codes import load_codes
from latentmapper.make.training.shape import train_shape
from tests.make.tiny_store import write_tiny_store
from tests.make.training.test_shape import TINY


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store, and a run that was trained on it."""
    folder = tmp_path_factory.mktemp("made")
    store = JoinedStore([write_tiny_store(folder / "store", samples=1000)])
    # Every code must have a surface, also those between, after so few steps.
    finer = dataclasses.replace(TINY.shape, widths=(8, 8, 8))
    train_shape(store, folder / "run", dataclasses.replace(TINY, steps=60, shape=finer))
    return folder


@pytest.fixture
def inputs(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, from an empty folder to write into."""
    for name in ("store", "run"):
        (tmp_path / name).symlink_to(made / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def only_progress(told: str) -> bool:
    """Whether nothing was told but how far it is, as on a slow machine."""
    return all("/3 shapes, " in line or "/2 shapes, " in line for line in told.splitlines())


def test_decoded_and_between_pictures_share_a_folder(inputs: Path, capsys) -> None:
    options = "-o views --decode run --views 1 --resolution 32 --workers 1"
    command = ["data", "render", "store", *options.split()]
    assert run(command) == 0
    captured = capsys.readouterr()
    assert captured.out == "views: 3 views of 3 shapes\n"
    assert only_progress(captured.err)
    assert run([*command, "--between", "2"]) == 0
    captured = capsys.readouterr()
    assert captured.out == "views: 5 views of 5 shapes\n"
    assert only_progress(captured.err)
    shapes = {record.shape for record in Views.open(inputs / "views").records if record.mesh == "between"}
    assert set(load_codes(inputs / "views" / "codes.safetensors")) == shapes


def test_shapes_of_one_split_are_rendered_and_others_join_them(inputs: Path, capsys) -> None:
    command = ["data", "render", "store", "-o", "views", "--views", "1", "--workers", "1"]
    assert run([*command, "--splits", "validation"]) == 0
    assert capsys.readouterr().out == "views: 1 views of 1 shapes\n"
    assert {record.split for record in Views.open(inputs / "views").records} == {"validation"}
    assert run(command) == 0
    captured = capsys.readouterr()
    assert captured.out == "views: 4 views of 4 shapes\n"
    assert "1 of 4 shapes were done by an earlier run" in captured.err


@pytest.mark.parametrize(
    ("extra", "code", "message"),
    [
        ("--decode nowhere", 1, "no trained shape model in nowhere; make one with: latentmapper train shape"),
        ("--between 5", 2, "--between needs --decode RUN, a folder of latentmapper train shape"),
        ("--resolution 64", 2, "--resolution needs --decode RUN"),
        ("--splits test", 1, "--splits test: the stores hold no such shape"),
        (
            "--splits train tset",
            2,
            "--splits tset: there is no such split; choose train, validation, test, held-out",
        ),
        ("--splits train --decode run", 2, "--splits is for original meshes, and --decode takes the shapes"),
        ("--decode run --between 0", 2, "--between must be at least 1, not 0"),
        ("--decode run --resolution 5", 2, "--resolution must be between 16 and 512, not 5"),
    ],
)
def test_errors_are_one_line_with_their_exit_code(inputs: Path, capsys, extra, code, message) -> None:
    assert run(["data", "render", "store", "-o", "views", *extra.split()]) == code
    error = capsys.readouterr().err
    assert error.startswith(f"latentmapper data render: {message}")
    assert error.count("\n") == 1
    assert not (inputs / "views").exists()


def test_a_store_that_the_model_does_not_know_is_refused(inputs: Path, capsys) -> None:
    write_tiny_store(inputs / "other", shapes=1, samples=100)  # its only shape is held out
    assert run(["data", "render", "other", "-o", "views", "--decode", "run"]) == 1
    assert "the model was trained on none of this store's shapes" in capsys.readouterr().err
