"""Places: paths stay paths, URLs read and write as paths do, and only they need fsspec."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from latentmapper import files
from latentmapper.errors import MissingError, StoreError, UsageError
from latentmapper.places import Remote, place


def test_only_urls_are_remote(tmp_path: Path) -> None:
    assert place("store") == Path("store") and place("C:\\store") == Path("C:\\store")
    assert place(tmp_path.as_uri()) == tmp_path
    assert place("s3://bucket/store/") == Remote("s3://bucket/store")
    with pytest.raises(UsageError, match="s3:// names no bucket or folder"):
        place("s3://")


def test_a_file_of_another_machine_is_refused() -> None:
    """The first folder of file://data/store is none: its path would be /store."""
    assert place("file://localhost/data/store") == Path("/data/store")
    with pytest.raises(UsageError, match="file://data/store names the machine data; write file:/// and the"):
        place("file://data/store")


def test_paths_bring_no_network_along() -> None:
    """All that writes a file imports places: HTTP and TLS would be a part of every start."""
    program = "import sys, latentmapper.files; print({'fsspec', 'http', 'ssl'} & set(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout == "set()\n"


def test_a_remote_leads_where_a_path_does() -> None:
    there = Remote("s3://bucket/store")
    assert str(there / "shapes/a.txt") == "s3://bucket/store/shapes/a.txt"
    assert (there / "a.txt").name == "a.txt" and (there / "a.txt").parent == there
    assert (there / "a.txt").with_name("b.txt") == there / "b.txt"


def test_objects_are_written_read_and_removed() -> None:
    pytest.importorskip("fsspec")
    there = Remote("memory://test_places/a.json")
    assert not there.exists() and not there.is_file()
    with pytest.raises(FileNotFoundError):
        there.read_bytes()
    files.write_json(there, {"a": 1})
    assert json.loads(there.read_text()) == {"a": 1}
    assert there.is_file() and there.parent.exists() and not there.parent.is_file()
    version = there.version()
    assert there.version() == version
    files.write_text(there, "other, and longer")
    assert there.version() != version
    there.unlink()
    there.unlink(missing_ok=True)
    assert not there.exists()


def test_lines_are_added_to_files_and_objects(tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    for there in (tmp_path / "lines", Remote("memory://test_places/lines")):
        for lines in (["one", "two"], ["three"]):
            with files.appending(there) as add:
                for line in lines:
                    add(line)
        assert there.read_text() == "one\ntwo\nthree\n"
        with pytest.raises(KeyboardInterrupt), files.appending(there) as add:
            add("four")
            raise KeyboardInterrupt
        assert there.read_text().endswith("three\nfour\n")


def test_an_object_grows_while_lines_are_added(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("fsspec")
    monkeypatch.setattr(files, "EVERY", 0.0)
    there = Remote("memory://test_places/growing")
    with files.appending(there) as add:
        add("one")
        assert there.read_text() == "one\n"


def test_what_fails_while_it_is_written_replaces_nothing() -> None:
    pytest.importorskip("fsspec")
    there = Remote("memory://test_places/kept")
    there.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), files.replacing(there) as temporary:
        temporary.write_bytes(b"new")
        raise ZeroDivisionError
    assert there.read_bytes() == b"old"


def test_an_unknown_storage_is_named() -> None:
    pytest.importorskip("fsspec")
    with pytest.raises(StoreError, match="nowhere://a/b: Protocol not known: nowhere"):
        place("nowhere://a/b").exists()


def test_without_fsspec_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(MissingError, match=r'fsspec is not installed; .* "latentmapper\[scale\]"'):
        place("s3://bucket/store").exists()


def test_paths_need_no_fsspec(tmp_path: Path) -> None:
    program = (
        "import sys, latentmapper.files as f; from latentmapper.places import place;"
        "f.write_text(place(sys.argv[1]), 'a'); print('fsspec' in sys.modules)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "a")], capture_output=True, text=True
    )
    assert shown.stdout == "False\n"
