"""How long methods take."""

import time
from collections.abc import Hashable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentmapper.errors import LatentMapperError, MeshError, PackError, UsageError
from latentmapper.make.evaluation import timing
from latentmapper.make.evaluation.evaluate import Evaluator
from latentmapper.make.evaluation.methods import Description
from latentmapper.make.evaluation.protocol import Rules
from latentmapper.make.evaluation.setup import Sources
from latentmapper.make.evaluation.timing import Seconds, machine, method_times, pack_times
from latentmapper.photo.framing import png_bytes
from latentmapper.shapes.mesh import Mesh
from tests.make.evaluation.fakes import Failing, Shifted, ball
from tests.tiny_pack import write_tiny_pack

PICTURES = [(name, np.full((8, 8, 3), i, np.uint8)) for i, name in enumerate("abc")]


class Slow(Shifted):
    """Takes 10 ms to an answer and 30 to its mesh, and much longer to the first answer."""

    def answer(self, shape_id: str, picture: Description) -> Hashable:
        time.sleep(0.01 if self.built else 0.5)
        self.built += 1
        return float(picture.overview[0])

    def mesh(self, answer: Hashable) -> Mesh:
        time.sleep(0.03)
        return Mesh(ball().vertices, ball().faces)


def evaluator(*methods) -> Evaluator:
    def describe(image):
        value = np.array([float(image[0, 0, 0]) - 0.5], np.float32)  # negative for the first picture alone
        return Description(value, value)

    return Evaluator(Rules(), ("plain",), methods, lambda *_: PICTURES[0][1], describe)


def test_stages_add_up_and_what_is_loaded_first_does_not_count():
    (times,) = method_times(evaluator(Slow("slow", 0.0), Shifted("blind", 0.0, sees=False)), PICTURES)
    assert (times.method, times.pictures, times.failed) == ("slow", 3, 0)
    assert times.mesh and 0.01 <= times.answer.wall < 0.5 and times.mesh.wall >= 0.03
    assert times.total.wall >= times.answer.wall + times.mesh.wall - 0.02
    assert times.late >= times.total.wall


def test_a_method_that_finds_meshes_has_no_time_to_make_them():
    (times,) = method_times(evaluator(Shifted("finds", 0.0)), PICTURES)
    assert times.mesh is None and times.total == times.answer


def test_failures_take_no_time_and_are_counted():
    (times,) = method_times(evaluator(Failing("shaky", 0.0)), PICTURES)
    assert times.failed == 1
    assert method_times(evaluator(Failing("never", 0.0)), PICTURES[:1]) == []


def test_a_broken_pack_is_no_failure_of_a_method():
    class Broken(Shifted):
        def answer(self, shape_id, picture):
            raise PackError("pack p is damaged")

    with pytest.raises(PackError, match="pack p is damaged"):
        method_times(evaluator(Broken("broken", 0.0)), PICTURES)


def test_the_pack_is_timed_from_a_file_and_as_a_process(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(timing, "COLD", 1)
    sources = Sources(write_tiny_pack(tmp_path / "pack"))
    pictures = [np.full((224, 224, 3), 120, np.uint8)] * 2
    told = pack_times(sources, pictures, resolution=32, threads=1)
    assert told["resolution"] == 64  # the least that reconstruct knows
    assert {"describe", "map", "planes", "surface", "clean"} <= set(told["stages"])
    assert "load" not in told["stages"]
    assert 0 < sum(told["stages"].values()) <= told["warm"]["wall"] * 1.5
    assert told["cold"]["wall"] > told["warm"]["wall"]


def test_a_process_that_finds_nothing_in_the_caches_of_the_disk_does_not_count(tmp_path: Path, monkeypatch):
    walls = iter([9.0, 1.0, 3.0, 2.0])
    monkeypatch.setattr(timing, "_cold", lambda *_: Seconds(next(walls), 0.0))
    sources = Sources(write_tiny_pack(tmp_path / "pack"))
    told = pack_times(sources, [np.full((224, 224, 3), 120, np.uint8)], resolution=64, threads=1)
    assert told["cold"]["wall"] == 2.0


def test_the_pack_looks_as_often_as_asked(tmp_path: Path):
    sources = Sources(write_tiny_pack(tmp_path / "pack"), looks=9)
    with pytest.raises(UsageError, match="--looks 9"):
        pack_times(sources, [np.full((224, 224, 3), 120, np.uint8)], resolution=64, threads=1)
    with pytest.raises(LatentMapperError, match="--looks 9"):
        timing._cold(sources, png_bytes(Image.fromarray(PICTURES[0][1])), 64)


def test_a_process_that_fails_says_why(tmp_path: Path):
    with pytest.raises(
        LatentMapperError, match="a process of its own failed: latentmapper reconstruct: no pack at"
    ):
        timing._cold(Sources(tmp_path / "nowhere"), png_bytes(Image.fromarray(PICTURES[0][1])), 64)


def test_the_machine_has_a_name():
    told = machine()
    assert told["processor"] and told["cores"] >= 1 and told["system"].strip()


def test_time_is_measured_of_the_work():
    made, seconds = timing.timed(lambda: time.sleep(0.02) or 7)
    assert made == 7 and seconds.wall >= 0.02 > seconds.processor
    assert timing._median([Seconds(1, 5), Seconds(3, 1), Seconds(2, 3)]) == Seconds(2, 3)
    with pytest.raises(MeshError):
        timing.timed(lambda: (_ for _ in ()).throw(MeshError("no")))
