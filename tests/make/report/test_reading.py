"""Evaluations read again, and what is refused."""

import json
from typing import Any

import pytest

from latentmapper.errors import MissingError, UsageError
from latentmapper.make.report.reading import read_runs
from tests.make.report.made import results, runs, seeing, shape

CASE = {"kind": "worst", "number": 1, "shape": "a", "origin": "mesh", "condition": "cluttered", "view": 27}


def test_a_results_file_by_itself_is_read_too(tmp_path):
    (run,) = runs(tmp_path, results([shape("a", 1.0)], cases=[CASE]))
    (again,) = read_runs([tmp_path / "run-0" / "results.json"])
    assert again.report == run.report and again.folder == run.folder
    assert again.cases[0].file == "cases/worst-01.safetensors"


def quoted(error: float) -> dict[str, Any]:
    """Samples with their numbers as text."""
    return json.loads(json.dumps(seeing(error)).replace(str(error), f'"{error}"'))


@pytest.mark.parametrize(
    "change",
    [
        {"shapes": []},
        {"shapes": [{"id": "a"}]},
        {"shapes": [{k: v for k, v in shape("a", 1.0).items() if k != "sha256"}]},
        {"protocol": []},
        {"protocol": results([])["protocol"] | {"points": "many"}},
        {"protocol": results([])["protocol"] | {"azimuths": 0}},
        {"command": 3},
        {"way": 3},
        {"cases": [CASE | {"kind": "../../elsewhere"}]},
        {"cases": [CASE | {"number": "1"}]},
        {"cases": [CASE | {"view": 5}]},
        {"cases": [CASE | {"shape": "b"}]},
        {"cases": [{"file": "elsewhere"}]},
        {"chooser": "pack-2"},
        {"chooser": {"id": 2}},
        {"baselines": [{"name": "x"}]},
        {"baselines": [{"name": "x", "recipe": "y", "training": {"shapes": "many"}}]},
        {"shapes": [shape("a", 1.0, origin="decoded")]},
        {"shapes": [shape("\ud800", 1.0)]},
        {"shapes": [shape("a", 1.0) | {"samples": {"pack": quoted(1.0)}}]},
        {"shapes": [shape("a", 1.0) | {"failures": [{}]}]},
        {"pack": results([])["pack"] | {"hours": "1.0"}},
        {"store": results([])["store"] | {"split_by": ["shape"]}},
        {"times": {"methods": []}},
        {"times": {"methods": [{"total": {"wall": "<b>"}}]}},
    ],
)
def test_what_is_no_result_is_refused_by_name(tmp_path, change):
    with pytest.raises(UsageError, match=r"results\.json is no results\.json of latentmapper evaluate"):
        runs(tmp_path, results([shape("a", 1.0)]) | change)


def test_missing_and_nested_files_are_refused(tmp_path):
    with pytest.raises(
        MissingError, match=r"results\.json does not exist; make it with: latentmapper evaluate"
    ):
        read_runs([tmp_path])
    (tmp_path / "results.json").write_text("[" * 100_000)
    with pytest.raises(UsageError, match=r"is no results\.json"):
        read_runs([tmp_path])
    (tmp_path / "results.json").write_text(json.dumps(results([shape("a", float("nan"))])))
    with pytest.raises(UsageError, match=r"is no results\.json"):
        read_runs([tmp_path])
    (tmp_path / "results.json").write_text(json.dumps({"format": 9, "pack": {"hash": "0"}}))
    with pytest.raises(UsageError, match="has format 9"):
        read_runs([tmp_path])
