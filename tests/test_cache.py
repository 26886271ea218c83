"""The user cache: where it is, what it holds, and that clearing touches nothing else."""

import re
from pathlib import Path

import pytest

from latentmapper import cache
from latentmapper.errors import MissingError
from latentmapper.features.vit import ViT


def test_variable_names_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LATENTMAPPER_CACHE", str(tmp_path / "elsewhere"))
    assert cache.cache_folder() == tmp_path / "elsewhere"
    monkeypatch.setenv("LATENTMAPPER_CACHE", "~/elsewhere")
    assert cache.cache_folder() == Path.home() / "elsewhere"


def test_platform_decides_without_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LATENTMAPPER_CACHE")
    assert cache.cache_folder().name == "latentmapper" or cache.cache_folder().parent.name == "latentmapper"


def test_entries_are_listed_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LATENTMAPPER_CACHE", str(tmp_path))
    (tmp_path / "vit").mkdir()
    (tmp_path / "vit" / "b.onnx").write_bytes(b"12345")
    (tmp_path / "a.txt").write_bytes(b"1")
    assert [(entry.name, entry.size) for entry in cache.entries()] == [("a.txt", 1), ("vit/b.onnx", 5)]


def test_absent_folder_is_an_empty_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LATENTMAPPER_CACHE", str(tmp_path / "none"))
    assert cache.entries() == []
    assert cache.clear() == 0


def test_clear_takes_nothing_of_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The variable may name a folder that holds other things, and CLIP's weights are put there by hand."""
    folder, outside = tmp_path / "cache", tmp_path / "outside"
    (folder / "vit" / "deep").mkdir(parents=True)
    (folder / "clip").mkdir()
    outside.mkdir()
    theirs = [outside / "precious", folder / "thesis.txt", folder / "clip" / "RN101.pt"]
    for path in theirs:
        path.write_bytes(b"keep")
    (folder / "vit" / "deep" / "file").write_bytes(b"1234")
    for link in (folder / "vit" / "link", folder / "packs"):
        link.symlink_to(outside, target_is_directory=True)
    monkeypatch.setenv("LATENTMAPPER_CACHE", str(folder))
    assert cache.clear() >= 4
    assert sorted(path.name for path in folder.iterdir()) == ["clip", "thesis.txt"]
    assert all(path.read_bytes() == b"keep" for path in theirs)


def test_all_that_is_kept_is_cleared() -> None:
    """Apart from CLIP's weights."""
    sources = [path.read_text() for path in Path(cache.__file__).parent.rglob("*.py")]
    found = set(re.findall(r'cache_folder\(\) / (?:"([\w-]+)"|REMOTE)', "".join(sources)))
    assert (found - {"", "clip"}) | {cache.REMOTE} == set(cache.MADE)


def test_a_cache_not_to_be_written_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("LATENTMAPPER_CACHE", str(tmp_path / "file" / "cache"))
    assert not cache.writable()
    with pytest.raises(MissingError, match=r"cannot be written \(.+\); name another in the variable"):
        ViT.bundled()
    monkeypatch.setenv("LATENTMAPPER_CACHE", str(tmp_path / "new" / "cache"))
    assert cache.writable() and not (tmp_path / "new").exists()
