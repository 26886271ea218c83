"""The user cache: where it is, what it holds, and that clearing touches nothing else."""

import re
from pathlib import Path

import pytest

from latentmapper import cache
from latentmapper.errors import MissingError, UsageError
from latentmapper.features.vit import ViT


def test_variable_names_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LATENTMAPPER_CACHE", str(tmp_path / "elsewhere"))
    assert cache.cache_folder() == tmp_path / "elsewhere"
    monkeypatch.setenv("LATENTMAPPER_CACHE", "~/elsewhere")
    assert cache.cache_folder() == Path.home() / "elsewhere"
    monkeypatch.setenv("LATENTMAPPER_CACHE", "~no-such-user/x")
    with pytest.raises(UsageError, match="LATENTMAPPER_CACHE=~no-such-user/x: there is no such user; name a"):
        cache.cache_folder()


def test_platform_decides_without_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LATENTMAPPER_CACHE")
    assert cache.cache_folder().name == "latentmapper" or cache.cache_folder().parent.name == "latentmapper"


def test_entries_are_listed_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LATENTMAPPER_CACHE", str(tmp_path))
    (tmp_path / "vit").mkdir()
    (tmp_path / "vit" / "b.onnx").write_bytes(b"12345")
    (tmp_path / "a.txt").write_bytes(b"1")
    assert [(entry.name, entry.size) for entry in cache.entries()] == [("a.txt", 1), ("vit/b.onnx", 5)]


def test_a_link_to_itself_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LATENTMAPPER_CACHE", str(tmp_path))
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "a.txt").write_bytes(b"1")
    assert [entry.name for entry in cache.entries()] == ["a.txt"]


def test_absent_folder_is_an_empty_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LATENTMAPPER_CACHE", str(tmp_path / "none"))
    assert cache.entries() == []
    assert cache.clear() == 0


def test_clear_takes_nothing_of_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The variable may name a folder that holds other things, and CLIP's weights are put there by hand."""
    folder, outside, digest = tmp_path / "cache", tmp_path / "outside", "0123456789abcdef01234567"
    outside.mkdir()
    theirs = [
        outside / f"{digest}.onnx", folder / "thesis.txt", folder / "clip" / "RN101.pt",
        folder / "packs" / "mine" / "pack.json", folder / "vit" / "mine.onnx", folder / f"{digest}.txt",
    ]  # fmt: skip
    ours = [
        folder / "vit" / f"{digest}.trunk.ort1.0.onnx", folder / "packs" / f"mapper-{digest}.int8.onnx",
        folder / "remote" / "01" / (digest * 2), folder / "clip-embeddings" / f"{digest}.1" / "a.safetensors",
    ]  # fmt: skip
    for path in (*theirs, *ours):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"1234")
    (folder / "vit" / "link").symlink_to(outside, target_is_directory=True)
    monkeypatch.setenv("LATENTMAPPER_CACHE", str(folder))
    assert cache.clear() == 16
    assert all(path.read_bytes() == b"1234" for path in theirs)
    assert not any(path.exists() for path in ours)
    assert sorted(path.name for path in folder.iterdir()) == [
        theirs[-1].name,
        "clip",
        "packs",
        "thesis.txt",
        "vit",
    ]


def test_what_cannot_be_removed_is_not_freed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "vit").mkdir()
    (tmp_path / "vit" / f"{'0' * 24}.onnx").write_bytes(b"1234")
    monkeypatch.setenv("LATENTMAPPER_CACHE", str(tmp_path))

    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "unlink", refuse)
    assert cache.clear() == 0


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
