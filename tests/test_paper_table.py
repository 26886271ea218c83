"""The table of the paper's rows says what their files say."""

import json
import shutil
from pathlib import Path
from typing import Any

import paper_table
import pytest

from latentmapper.errors import UsageError


def write_row(
    work: Path, name: str, mean: float, data: str = "d" * 64, seconds: float | None = None, shape: str = "a"
) -> None:
    """An evaluation and a pack of 1.5 MB."""
    evaluation, pack = work / f"evaluation-{name}", work / f"pack-{name}"
    evaluation.mkdir(parents=True)
    pack.mkdir()
    (pack / "mapper.onnx").write_bytes(bytes(1_500_000))

    def row(method: str, condition: str, mean: float) -> dict[str, Any]:
        chamfer = {"mean": mean, "low": mean - 1, "high": mean + 1, "median": mean / 2}
        return {
            "origin": "mesh", "method": method, "condition": condition, "chamfer": chamfer,
            "f_score": {"mean": 0.5},
        }  # fmt: skip

    rows = [row("pack", "cluttered", mean), row("pack", "plain", 99), row("ceiling", "any", 3.44)]
    told = {"protocol": {"id": "lm1"}, "pack": {"hash": "0"}, "store": {"hash": data}}
    results = {"format": 1, **told, "rows": rows, "shapes": [{"id": shape, "origin": "mesh"}]}
    (evaluation / "results.json").write_text(json.dumps(results))
    if seconds is not None:
        times = {"times": {"pack": {"warm": {"wall": seconds}}}}
        (evaluation / "times.json").write_text(json.dumps(times))


def test_rows_stand_in_the_script_s_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_row(tmp_path, "no-clip", 12.0)
    write_row(tmp_path, "apart", 10.0, seconds=0.345)
    write_row(tmp_path, "default", 8.0)
    default = tmp_path / "evaluation-default", tmp_path / "pack-default"
    paper_table.main(paper_table.Config(tmp_path, default))
    first, *_, apart, no_clip, last = capsys.readouterr().out.splitlines()
    assert first == "Protocol `lm1`, data `dddddddddddd`."
    assert apart == "| apart | 10.00 [9.00, 11.00] | 5.00 | 0.500 | - | 3.44 | 0.34 | 1.5 |"
    assert no_clip == "| no-clip | 12.00 [11.00, 13.00] | 6.00 | 0.500 | - | 3.44 | - | 1.5 |"
    assert last.startswith("| default | 8.00 ")


def test_rows_that_cannot_be_compared_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no row was measured"):
        paper_table.main(paper_table.Config(tmp_path))
    write_row(tmp_path, "apart", 10.0)
    with pytest.raises(UsageError, match="no occluded pictures"):
        paper_table.main(paper_table.Config(tmp_path, condition="occluded"))
    write_row(tmp_path, "soft", 10.0, data="e" * 64)
    with pytest.raises(UsageError, match="several protocols, stores or shapes"):
        paper_table.main(paper_table.Config(tmp_path))
    shutil.rmtree(tmp_path / "evaluation-soft")
    shutil.rmtree(tmp_path / "pack-soft")
    write_row(tmp_path, "soft", 10.0, shape="b")
    with pytest.raises(UsageError, match="several protocols, stores or shapes"):
        paper_table.main(paper_table.Config(tmp_path))
    (tmp_path / "evaluation-soft" / "results.json").write_text("[]")
    with pytest.raises(UsageError, match=r"results\.json is no results\.json of latentmapper evaluate"):
        paper_table.main(paper_table.Config(tmp_path))
