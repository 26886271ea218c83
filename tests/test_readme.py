"""Every command and every Python line of README and docs is run: on tiny meshes, with tiny recipes."""

import re
import shlex
import shutil
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
import tyro

from latentmapper import observer, pack_folder
from latentmapper.cli import VERBS, packs, run
from tests.tiny_pack import CODE_SIZE, write_tiny_pack
from tests.tiny_sliders import WORDS, write_sliders

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
# Names chosen so that training, validation and test each get some.
MESHES = ("armchair", "bench", "deck", "dining", "easy", "egg")
MODEL = "--shape.code-size 8 --shape.seed-channels 8 --shape.widths 8 8 --shape.channels 4 --shape.hidden 16"
# What makes each step tiny; a later option overrides an earlier one.
TINY = {
    "reconstruct": "--resolution 64 --threads 1",
    "data build": "--samples 2000 --surface-points 500 --deform 0 --workers 1",
    "data render": "--views 2 --workers 1",
    "data features": "",
    "train shape": f"--steps 60 --shapes-per-step 4 --points-per-shape 256 --known 1 {MODEL}",
    "edit": "--resolution 64",
    "morph": "--frames 3 --resolution 32",
    "morph --at": "--resolution 32",
    "fit": "--steps 2 --points 64",
    "train location": "--steps 2",
    "train mapper": "--steps 1 --batch 2 --metric-points 4",
    "evaluate": "--views-per-shape 1 --limit-shapes 1 --resolution 32",
}
# Lines that make an environment, and are for the user's shell alone.
SHELL = re.compile(r"python -m venv \.venv|source \.venv/bin/activate|git clone .*|cd \w+")


def _blocks(page: Path, language: str) -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )


def _lines(page: Path, language: str = "sh") -> list[str]:
    """Command lines, comments removed and continued lines joined."""
    joined = "\n".join(_blocks(page, language)).replace("\\\n", " ")
    lines = [re.sub(r"\s+#.*", "", line).strip() for line in joined.splitlines()]
    return [line for line in lines if line]


def _arguments(line: str) -> list[str]:
    """What to run for a line, with the options that make it tiny."""
    words = shlex.split(line)[1:]
    verb = " ".join(words[:2]) if " ".join(words[:2]) in VERBS else words[0]
    verb += " --at" if "--at" in words else ""
    return [*words, *shlex.split(TINY.get(verb, ""))]


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two example photos, a few meshes, and tiny packs as the installed ones."""
    (tmp_path / "examples").mkdir()
    for name in ("sedan.jpg", "fighter.jpg"):
        shutil.copy(ROOT / "examples" / name, tmp_path / "examples")
    shutil.copy(ROOT / "examples" / "sedan.jpg", tmp_path / "chair.jpg")
    _write_meshes(tmp_path / "chairs")
    installed = [
        write_tiny_pack(tmp_path / "packs" / "car"),
        write_tiny_pack(tmp_path / "packs" / "airplane", "airplane"),
    ]
    sliders = dict(zip(WORDS, np.eye(CODE_SIZE + 1, CODE_SIZE), strict=True))
    write_sliders(installed[0], sliders, dict.fromkeys(WORDS, 0.4))
    for module in (pack_folder, packs, observer):
        monkeypatch.setattr(module, "bundled_packs", lambda: installed)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _write_meshes(folder: Path) -> None:
    folder.mkdir()
    for i, name in enumerate(MESHES):
        mesh = trimesh.creation.icosphere(subdivisions=2)
        mesh.apply_scale([0.4, 0.3 + 0.06 * i, 1.0])
        mesh.export(folder / f"{name}.obj")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_run(page: Path, workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for line in _lines(page):
        if line.startswith("latentmapper "):
            code = run(_arguments(line))
            shown = capsys.readouterr()
            # The shapes of a tiny pack do not reach what those of the bundled ones do.
            nearly = "--set " in line and re.search("no (known shape is like|plausible shape)", shown.err)
            assert code == int(bool(nearly)), f"{line}\n{shown.out}\n{shown.err}"
    for path in workplace.glob("*.glb"):
        assert trimesh.load_mesh(path).is_watertight, path.name


def test_evaluations_have_the_rows_that_the_page_speaks_of() -> None:
    page = ROOT / "docs" / "own-category.md"
    (line,) = (line for line in _lines(page) if line.startswith("latentmapper evaluate "))
    assert "*ceiling*" in page.read_text(encoding="utf-8")
    assert "--ceiling work/held-out.safetensors" in line, "without it there is no such row"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_runs(page: Path, workplace: Path) -> None:
    for block in _blocks(page, "python"):
        exec(compile(block, str(page), "exec"), {})


def test_the_rest_of_the_shell_lines_are_known() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for line in (line for page in PAGES for line in _lines(page) if not line.startswith("latentmapper ")):
        word, *rest = shlex.split(line, posix=False)
        if word == "make":
            assert rest[0] in targets, line
        elif line.startswith("pip install"):
            extras = re.fullmatch(r'pip install (?:\.|"\.\[([\w,]+)\]")', line)
            assert extras, line
            assert set(filter(None, (extras[1] or "").split(","))) <= set(project["optional-dependencies"])
        else:
            assert SHELL.fullmatch(line), line


class ParsedError(Exception):
    """A command line was understood; nothing is done about it."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_that_take_hours_are_understood(
    page: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All commands, up to what they are to do; names that stand for the reader's own files are none."""

    def only_parse(*arguments: Any, **options: Any) -> None:
        parse(*arguments, **options)
        raise ParsedError

    parse = tyro.cli
    monkeypatch.setattr(tyro, "cli", only_parse)
    for line in (line for line in _lines(page, r"\w*") if line.startswith("latentmapper ")):
        try:
            code = run(shlex.split(line)[1:])
        except ParsedError:
            continue
        told = capsys.readouterr().err
        assert code == 0 or re.search(r"(does not exist|is not a folder)$", told.strip()), f"{line}\n{told}"


def test_every_verb_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [verb for verb in VERBS if not all(word in text for word in verb.split())] == []


def test_options_named_in_the_docs_exist() -> None:
    """An option is a field of some configuration or recipe, with dashes for underscores, or of `torchrun`."""
    run_several = pytest.importorskip("torch.distributed.run").get_args_parser
    files = [path for folder in ("src", "scripts", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
    source = "\n".join(path.read_text(encoding="utf-8") for path in files)
    fields = {"help", *re.findall(r"^\s+(\w+): ", source, re.MULTILINE)}
    fields |= vars(run_several().parse_args([""])).keys()
    for page in PAGES:
        own = re.sub(r"^(#SBATCH|srun) .*$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
        named = re.findall(r"(?<![\w-])--([a-z][\w-]*)", own)
        assert {name.replace("-", "_") for name in named} <= fields, page.name
