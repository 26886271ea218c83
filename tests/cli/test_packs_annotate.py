"""`latentmapper packs annotate`: results reach pack.json and card, and nothing else changes."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from latentmapper import files
from latentmapper.cli import run
from latentmapper.errors import PackError
from latentmapper.make.evaluation.protocol import Rules
from latentmapper.make.evaluation.report import FORMAT
from latentmapper.make.evaluation.session import Session
from latentmapper.make.evaluation.setup import Sources
from latentmapper.pack import Pack
from latentmapper.pack_folder import MODEL_CARD, NAMES
from latentmapper.spoken import spoken_names
from tests.make.test_modelcard import MEASURED
from tests.tiny_pack import write_tiny_pack

ROW = "mesh    cluttered  pack    24      48       9.88 [8.00, 12.00]   7.50    0.654"


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tiny pack in the working folder, with a results.json that was measured on it beside it."""
    monkeypatch.chdir(tmp_path)
    folder = write_tiny_pack(tmp_path / "pack")
    write_results(tmp_path / "results.json", folder)
    return folder


def write_results(path: Path, pack: Path, **changes: Any) -> None:
    """What `latentmapper evaluate` writes, as far as a pack keeps it, and the samples that it does not."""
    measured_on = {"id": "tiny-car", "category": "car", "hash": Pack.open(pack).hash}
    report = {"format": FORMAT, "pack": measured_on, **MEASURED, "shapes": [{"id": "a"}]}
    files.write_json(path, report | changes)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_results_enter_metadata_and_card_and_nothing_else(
    pack: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, digest = contents(pack), Pack.open(pack).hash
    assert run(["packs", "annotate", "pack", "--results", "results.json", "results.json"]) == 0
    assert capsys.readouterr().out == "pack: pack tiny-car holds 2 rows of results\n"
    after = contents(pack)
    assert {name for name in after if after[name] != before.get(name)} == {"pack.json", MODEL_CARD}
    opened = Pack.open(pack)
    assert opened.hash == digest
    assert opened.metadata["results"] == [MEASURED, MEASURED]
    old, new = (json.loads(each["pack.json"]) for each in (before, after))
    assert {name for name in new if new[name] != old.get(name)} == {"results", "files"}
    assert (
        "| mesh | cluttered | pack | 24 | 48 | 9.88 [8.00, 12.00] | 7.50 | 0.654 |"
        in after[MODEL_CARD].decode()
    )


def test_annotating_again_replaces(pack: Path) -> None:
    assert run(["packs", "annotate", "pack", "--results", "results.json", "results.json"]) == 0
    assert run(["packs", "annotate", "pack", "--results", "results.json"]) == 0
    once = contents(pack)
    assert Pack.open(pack).metadata["results"] == [MEASURED]
    assert run(["packs", "annotate", "pack", "--results", "results.json"]) == 0
    assert contents(pack) == once


def test_a_run_killed_between_the_two_files_is_mended_by_the_next(pack: Path) -> None:
    (pack / MODEL_CARD).write_text("of a run that was killed")
    metadata = json.loads((pack / "pack.json").read_text())
    metadata["files"][MODEL_CARD] = "0" * 64
    files.write_json(pack / "pack.json", metadata)
    assert run(["packs", "verify", "pack"]) == 3
    assert run(["packs", "annotate", "pack", "--results", "results.json"]) == 0
    assert run(["packs", "verify", "pack"]) == 0


def test_show_prints_results(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["packs", "show", "pack"]) == 0
    assert "results" not in capsys.readouterr().out
    run(["packs", "annotate", "pack", "--results", "results.json"])
    assert run(["packs", "show", "pack"]) == 0
    shown = capsys.readouterr().out
    assert "results, protocol lm1-72x96-0, split test\n  latentmapper evaluate pack store\n" in shown
    assert re.sub(" +", " ", ROW) in re.sub(" +", " ", shown)


def test_shapes_done_before_annotating_stay_done(pack: Path) -> None:
    session = Session(pack, Rules(), ("plain",), Sources(pack), pack, threads=1)
    before = session.key
    run(["packs", "annotate", "pack", "--results", "results.json"])
    assert session.key == before


def other_pack(pack: Path) -> None:
    write_results(Path("results.json"), write_tiny_pack(Path("other"), presence=1.0))


def newer(pack: Path) -> None:
    write_results(Path("results.json"), pack, format=FORMAT + 1)


def cut_off(pack: Path) -> None:
    Path("results.json").write_text(Path("results.json").read_text()[:-20])


def no_results(pack: Path) -> None:
    Path("results.json").write_text("[]")


def no_file(pack: Path) -> None:
    Path("results.json").unlink()


def damaged(pack: Path) -> None:
    (pack / "LICENSE").write_text("none")


@pytest.mark.parametrize(
    ("harm", "code", "message"),
    [
        (other_pack, 2, r"--results: results\.json was measured on another pack"
                        r" \(tiny-car \w{12}, not tiny-car \w{12}\); run latentmapper evaluate again"),
        (newer, 2, r"--results: results\.json has format 2, this version reads format 1"),
        (cut_off, 2, r"--results: results\.json is no results\.json of latentmapper evaluate"),
        (no_results, 2, r"--results: results\.json is no results\.json of latentmapper evaluate"),
        (no_file, 3, r"--results: results\.json does not exist; make it with: latentmapper evaluate"),
        (damaged, 3, r"pack pack is damaged: LICENSE differs from its recorded SHA-256"),
    ],
)  # fmt: skip
def test_refusals_are_one_line_and_leave_the_pack_alone(
    pack: Path, capsys: pytest.CaptureFixture[str], harm: Callable[[Path], None], code: int, message: str
) -> None:
    harm(pack)
    before = contents(pack)
    assert run(["packs", "annotate", "pack", "--results", "results.json"]) == code
    error = capsys.readouterr().err
    assert re.match(f"latentmapper packs annotate: {message}", error) and error.count("\n") == 1
    assert contents(pack) == before


def test_names_for_people_enter_the_pack_and_its_hash_stays(
    pack: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, digest = contents(pack), Pack.open(pack).hash
    assert run(["packs", "annotate", "pack", "--names"]) == 0
    assert capsys.readouterr().out == "pack: 3 shapes have names, the first Ball\n"
    after = contents(pack)
    assert {name for name in after if after[name] != before.get(name)} == {"pack.json", NAMES}
    opened = Pack.open(pack)
    assert opened.hash == digest and spoken_names(opened) == ["Ball", "Cigar", "Egg"]
    (pack / NAMES).write_text("of a run that was killed")
    assert run(["packs", "verify", "pack"]) == 3
    assert run(["packs", "annotate", "pack", "--names"]) == 0
    assert contents(pack) == after


def test_names_that_do_not_fit_are_damage(pack: Path) -> None:
    run(["packs", "annotate", "pack", "--names"])
    for wrong in (["Ball"], ["Ball", "Cigar", 3], {"Ball": 1}):
        files.write_json(pack / NAMES, wrong)
        metadata = json.loads((pack / "pack.json").read_text())
        metadata["files"][NAMES] = files.sha256_of_file(pack / NAMES)
        files.write_json(pack / "pack.json", metadata)
        with pytest.raises(PackError, match=r"names\.json does not name every known shape"):
            spoken_names(Pack.open(pack))


def test_nothing_to_write_is_said(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["packs", "annotate", "pack"]) == 2
    told = "--results needs at least one results.json of latentmapper evaluate; or give --names"
    assert told in capsys.readouterr().err


def test_no_results_and_no_pack_are_named(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["packs", "annotate", "pack", "--results"]) == 2
    assert run(["packs", "annotate", "nowhere", "--results", "results.json"]) == 3
    assert "no pack at nowhere" in capsys.readouterr().err
