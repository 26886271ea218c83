"""A Ray cluster of two nodes on this machine makes what this process makes, whatever dies midway."""

import logging
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import trimesh

from latentmapper.cli import run
from latentmapper.errors import MeshError, MissingError, UsageError, WorkerError
from latentmapper.executors import ALONE, RayExecutor
from latentmapper.executors import cluster as module
from latentmapper.make.dataset.render_shapes import RenderItem, render_shapes
from latentmapper.make.dataset.view_recipe import ViewRecipe
from tests.executors.tasks import Dying, Loading, node_and_folder, refuse
from tests.make.dataset.vehicles import toy_car
from tests.make.evaluation.fakes import write_balls
from tests.make.tiny_store import write_tiny_store
from tests.photo.pictures import encoded, quarters
from tests.tiny_pack import write_tiny_pack

RECIPE = ViewRecipe("car", views=1, plain=1.0)
SMALL = {"num_cpus": 1, "object_store_memory": 80 * 2**20, "include_dashboard": False}
IMPATIENT = {"health_check_period_ms": 500, "health_check_failure_threshold": 3}


def test_less_than_one_worker_or_core_is_refused() -> None:
    with pytest.raises(UsageError, match="--workers must be at least 1, not 0"):
        RayExecutor(workers=0)
    with pytest.raises(UsageError, match="--threads must be at least 1, not 0"):
        RayExecutor(cores=0)


def test_without_ray_the_command_that_installs_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingError, match=r'ray is not installed.*pip install "latentmapper\[scale\]"'):
        next(RayExecutor().map(abs, [1]))


def test_a_cluster_that_does_not_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def init(*_: Any, **__: Any) -> None:
        raise Exception("The current node timed out during startup. This could happen because")  # as Ray does

    monkeypatch.setitem(sys.modules, "ray", SimpleNamespace(is_initialized=lambda: False, init=init))
    with pytest.raises(UsageError, match=r"^--executor ray: Ray does not start here \(The current node"):
        next(RayExecutor().map(abs, [1]))


@pytest.mark.parametrize(("cores", "told"), [(1, False), (4, False), (5, True)])
def test_tasks_that_no_node_has_the_cores_for_are_told_to_wait(
    cores: int, told: bool, caplog: pytest.LogCaptureFixture
) -> None:
    known = [({"CPU": 4.0}, True), ({"memory": 1.0}, True), ({"CPU": 8.0}, False)]
    nodes = [{"Resources": resources, "Alive": alive} for resources, alive in known]
    RayExecutor(cores=cores)._tell_of_waiting(SimpleNamespace(nodes=lambda: nodes))
    waiting = f"--threads {cores}: no node of the cluster has more than 4 cores; waiting for one that has"
    assert (waiting in caplog.messages) == told


@pytest.fixture(scope="module")
def ray() -> Any:
    return pytest.importorskip("ray", reason="ray cannot be installed here")


@pytest.mark.usefixtures("ray")
def test_an_address_where_no_cluster_answers_is_refused_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        next(RayExecutor("127.0.0.1:1").map(abs, [1]))
    assert str(caught.value).startswith("--ray-address 127.0.0.1:1: no Ray cluster answers (")
    assert str(caught.value).endswith("start a cluster with ray start --head, or leave the option out")


@pytest.fixture(scope="module")
def cluster(ray: Any) -> Iterator[Any]:
    """Two nodes of one core each, to which this process is connected."""
    from ray.cluster_utils import Cluster

    folder = tempfile.mkdtemp(prefix="lm-ray-")  # names of sockets must be short
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_TMPDIR", folder)
        patch.setenv("RAY_worker_niceness", "0")
        patch.setenv("RAY_AUTH_TOKEN", secrets.token_hex(32))  # or Ray leaves one in the home folder
        made = Cluster(True, head_node_args={**SMALL, "_system_config": IMPATIENT})
        made.add_node(**SMALL)
        made.wait_for_nodes()
        ray.init(made.address, log_to_driver=False, logging_level=logging.ERROR)
        yield made
        ray.shutdown()
        made.shutdown()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.usefixtures("cluster")
def test_tasks_run_on_both_nodes_in_the_folder_of_the_driver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    seen: dict[str, tuple[str, str | None]] = {}
    for _, (node, folder, threads) in RayExecutor().map(node_and_folder, range(1000)):
        seen[node] = folder, threads
        if len(seen) == 2:  # the second one's worker may take long to start
            break
    assert list(seen.values()) == [(str(tmp_path), "1")] * 2


@pytest.mark.usefixtures("cluster")
def test_a_worker_loads_once_and_few_items_are_asked_for_ahead(tmp_path: Path) -> None:
    asked: list[int] = []
    made = RayExecutor(workers=3).map(Loading(tmp_path), (asked.append(i) or i for i in range(12)))
    first = next(made)
    assert len(asked) == 3
    rest = dict([first, *made])
    assert sorted(rest) == list(range(12)) and os.getpid() not in {pid for pid, _ in rest.values()}
    assert {loaded for _, loaded in rest.values()} == {0}


@pytest.mark.usefixtures("cluster")
def test_what_a_task_raises_ends_the_run() -> None:
    with pytest.raises(MeshError, match=r"^three cannot be used$") as caught:
        list(RayExecutor().map(refuse, range(20)))
    assert type(caught.value) is MeshError


@pytest.mark.usefixtures("cluster")
def test_what_a_killed_worker_was_at_is_done_again(tmp_path: Path) -> None:
    made = dict(RayExecutor().map(Dying(tmp_path, deaths=1, on=(1,)), range(4)))
    assert sorted(made) == list(range(4)) and len(list(tmp_path.iterdir())) == 1


@pytest.mark.usefixtures("cluster")
def test_what_always_kills_its_worker_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRIES", 0)  # workers take long to start
    with pytest.raises(WorkerError, match=r"a Ray worker died, 1 times over \(.*\); run the same command"):
        list(RayExecutor().map(Dying(tmp_path, deaths=99, on=(0,)), [0]))


@pytest.mark.usefixtures("cluster")
def test_a_folder_that_a_node_does_not_have_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module.Path, "cwd", lambda: tmp_path / "elsewhere")
    with pytest.raises(
        UsageError, match=r"the node \S+ has no \S+elsewhere; work in a folder that all nodes"
    ):
        list(RayExecutor().map(abs, [1]))


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with two of whatever the commands take."""
    monkeypatch.chdir(tmp_path)
    for number in (1, 2):
        save(tmp_path / "photos" / f"{number}.png", encoded(quarters(100 + number, 80)))
        save(
            tmp_path / "meshes" / f"{number}.ply",
            trimesh.creation.box((0.8, 0.6, 1 + number)).export(None, "ply"),
        )
    write_balls(tmp_path / "balls", {"a": "test", "b": "test", "c": "train"})
    write_tiny_pack(tmp_path / "pack", presence=4.0)
    return tmp_path


def save(path: Path, data: Any) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)


def contents(made: Path) -> dict[str, bytes]:
    """What a folder holds, by its name there; without what tells of the command and of its time."""
    told = (".latentmapper.jsonl", "log.jsonl", "results.json", "results.md")
    found = [path for path in sorted(made.rglob("*")) if path.is_file() and path.name not in told]
    return {path.relative_to(made).as_posix(): path.read_bytes() for path in found}


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize("command", [
    "reconstruct photos --pack pack --resolution 64",
    "data build meshes --category car --samples 500 --surface-points 500",
    "evaluate pack balls --views-per-shape 1 --resolution 32 --conditions plain --examples 0 --worst 0",
])  # fmt: skip
def test_commands_make_the_same(command: str, given: Path) -> None:
    assert run([*command.split(), "-o", "alone", "--workers", "1"]) == 0
    assert run([*command.split(), "-o", "spread", "--executor", "ray"]) == 0
    alone, spread = contents(given / "alone"), contents(given / "spread")
    assert len(alone) >= 2 and alone.keys() == spread.keys()
    assert [name for name in alone if alone[name] != spread[name]] == []


@pytest.mark.usefixtures("cluster")
def test_fit_finds_the_same_codes(given: Path) -> None:
    pytest.importorskip("torch")
    from latentmapper.make.dataset.joined import JoinedStore
    from latentmapper.make.training.shape import train_shape
    from tests.make.training.test_shape import TINY

    train_shape(JoinedStore([write_tiny_store(given / "store")]), given / "model", replace(TINY, steps=2))
    command = "fit model store --splits train validation --steps 3 --points 128 --batch 2"
    assert run([*command.split(), "-o", "alone"]) == 0
    assert run([*command.split(), "-o", "spread", "--executor", "ray"]) == 0
    assert (given / "alone").read_bytes() == (given / "spread").read_bytes()


def test_a_node_that_is_killed_midway_loses_nothing(cluster: Any, tmp_path: Path) -> None:
    items = [RenderItem(f"car-{number}", *toy_car()) for number in range(16)]
    victim = next(iter(cluster.worker_nodes))
    done: list[str] = []

    def kill_midway(rendered: Any) -> Any:
        for item, record in rendered:
            done.append(record.shape)
            if len(done) == 5:
                cluster.remove_node(victim, allow_graceful=False)
            yield item, record

    spread = render_shapes(items, tmp_path / "cluster", RECIPE, RayExecutor(), kill_midway)
    alone = render_shapes(items, tmp_path / "alone", RECIPE, ALONE)
    assert sorted(done) == sorted(item.shape for item in items)
    assert {record.shape: record.sha256 for record in spread} == {r.shape: r.sha256 for r in alone}
    shards = {path.name: path.read_bytes() for path in (tmp_path / "alone" / "shards").iterdir()}
    assert {path.name: path.read_bytes() for path in (tmp_path / "cluster" / "shards").iterdir()} == shards
