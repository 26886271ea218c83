"""`latentmapper data describe`: from a store to its file of sentences."""

from pathlib import Path

import pytest

from latentmapper.cli import run
from latentmapper.errors import StoreError
from latentmapper.make.dataset.descriptions.describe import read_descriptions
from latentmapper.make.dataset.descriptions.shapenet import read_metadata
from tests.make.dataset.descriptions.models import airplane, write_store_of


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An airliner that looks like one, its copy, and one that has another tail than it should."""
    monkeypatch.chdir(tmp_path)
    good, bad = airplane(wing=-0.08, sweep=25), airplane("T", wing=-0.08, sweep=25)
    shapes = {"flightgear__A320": good, "flightgear__A320~1": good, "flightgear__A319": bad}
    write_store_of(tmp_path / "store", shapes)
    return Path("store")


def test_a_store_is_described_and_what_the_mesh_contradicts_is_left_out(store: Path, capsys) -> None:
    assert run(["data", "describe", "store"]) == 0
    assert "sentences about 3 shapes, 1 attributes rejected" in capsys.readouterr().out
    described = read_descriptions(store)
    assert "An airplane with a conventional tail." in described["flightgear__A320"].sentences
    assert described["flightgear__A320~1"].sentences == described["flightgear__A320"].sentences
    assert list(described["flightgear__A319"].rejected) == ["tail"]
    assert not any("tail" in sentence for sentence in described["flightgear__A319"].sentences)


def test_shapenet_metadata_says_what_its_models_are(store: Path) -> None:
    rows = '3dw.flightgear__A320,n,"airliner,jet",,,Boeing,\n3dw.other,n,"bomber,delta wing",,,,\n'
    Path("tree").mkdir()
    Path("tree/02691156.csv").write_text(f"fullId,wnsynset,wnlemmas,up,front,name,tags\n{rows}")
    assert read_metadata(Path("tree/02691156.csv"))["other"] == {
        "noun": "bomber",
        "family": "bomber",
        "planform": "delta",
    }
    assert run(["data", "describe", "store", "--shapenet", "tree"]) == 0
    assert read_descriptions(store)["flightgear__A320"].attributes["noun"] == "airliner"


def test_shapenet_metadata_of_other_programs_is_read(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_bytes(b'\xef\xbb\xbffullId,wnlemmas\n3dw.a,"jet"\n3dw.b\n')
    assert read_metadata(table) == {"a": {"propulsion": "jet"}, "b": {}}
    for content in (b"fullId,wnlemmas\n3dw.a,caf\xe9\n", b"fullId,wnlemmas\n" + b"x" * 200_000):
        table.write_bytes(content)
        with pytest.raises(StoreError, match=r"table\.csv cannot be read"):
            read_metadata(table)


def test_errors_are_one_line(store: Path, capsys) -> None:
    with pytest.raises(StoreError, match="store has no descriptions; make them with: latentmapper data desc"):
        read_descriptions(store)
    Path("empty").mkdir()
    assert run(["data", "describe", "store", "--shapenet", "empty"]) == 2
    assert "--shapenet: empty holds neither 02691156.csv nor metadata.csv" in capsys.readouterr().err
    Path("table.csv").write_text("a,b\n")
    assert run(["data", "describe", "store", "--shapenet", "table.csv"]) == 1
    assert "is not ShapeNet's metadata: it has no column fullId" in capsys.readouterr().err
