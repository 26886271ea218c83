"""Two processes learn what one does with the doubled batch, share the codes, and end together."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from safetensors.numpy import load_file

from latentmapper.make.dataset.joined import open_stores
from latentmapper.make.training import checkpoint
from latentmapper.make.training.distributed import ALONE, Process, started
from latentmapper.make.training.sharded import ShardedEmbedding
from latentmapper.make.training.triplane import TriplaneTask
from tests.make.tiny_store import write_tiny_store
from tests.make.training.tiny_runs import RUNS, STEPS, TRIPLANE, train_shape_run, write_inputs

ROOT = Path(__file__).parents[3]
SHAPES = ("triplane", "dit")
AUTOENCODERS = ("atlasnet/auto-encoder", "atlasnet/encoder")
WITH_MOMENTS = (*SHAPES, "pooled", "contrast", "translator", "location", "view", "second", *AUTOENCODERS)
CODES = ("module.codes.weight", *(f"optimizer.1.0.{name}" for name in ("step", "exp_avg", "exp_avg_sq")))
PATIENCE = 300
"""Seconds after which something hangs."""
CLOSE = {"atlasnet": 1e-4, "imnet": 1e-2}
"""Relative differences of losses that batch norms may make; 1e-5 elsewhere."""


Launch = Callable[..., list[tuple[int, str]]]
"""Arguments of `pair` -> exit codes and standard errors of its two processes."""


@pytest.fixture(scope="module")
def launch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launch]:
    """Pairs of processes, which share what they import."""
    if not hasattr(os, "fork"):
        pytest.skip("Windows forks no processes")
    errors = [str(tmp_path_factory.mktemp("errors") / str(rank)) for rank in range(2)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    command, environment = [sys.executable, "-m", "tests.make.training.pair"], {"OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, env=os.environ | environment, cwd=ROOT, **pipes) as pair:
        tell, hear = pair.stdin, pair.stdout
        assert tell is not None and hear is not None

        def launched(*arguments: str) -> list[tuple[int, str]]:
            job = {"arguments": arguments, "environment": meeting(), "errors": errors, "patience": PATIENCE}
            print(json.dumps(job), file=tell, flush=True)
            codes = json.loads(hear.readline())
            return [(code, Path(told).read_text()) for code, told in zip(codes, errors, strict=True)]

        yield launched
        tell.close()


def meeting() -> dict[str, str]:
    """Where two processes find each other, as `torchrun` tells it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = str(listener.getsockname()[1])
    return {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, launch: Launch) -> Path:
    """All runs, by two processes in `pair`, and by one with the doubled batch in `single`."""
    root = tmp_path_factory.mktemp("runs")
    write_inputs(root)
    for name in ("pair", "single", "one-then-two", "two-then-one"):
        (root / name).mkdir()
    for name in SHAPES:
        train_shape_run(name, root, root / "one-then-two" / name, ALONE, STEPS // 2)
    ended = launch(str(root))
    assert [code for code, _ in ended] == [0, 0], ended
    for name, train in RUNS.items():
        train(root, root / "single" / name, ALONE)
    for name in SHAPES:
        train_shape_run(name, root, root / "two-then-one" / name, ALONE)
    return root


def measured(run: Path) -> dict[tuple[str, int, str], float]:
    """Everything that a run has logged, by stage, step and name; of files of arrays, what they hold."""
    if run.is_file():
        return {(name, i, ""): v for name, a in load_file(run).items() for i, v in enumerate(a.ravel())}
    found = {}
    for log in run.rglob("log.jsonl"):
        for line in map(json.loads, log.read_text().splitlines()):
            apart = ("step", "seconds", "code_norm")
            named = {name: value for name, value in line.items() if name not in apart}
            found |= {(log.parent.name, line["step"], name): value for name, value in named.items()}
    return found


@pytest.mark.parametrize("name", list(RUNS))
def test_two_processes_measure_what_one_does_with_the_doubled_batch(root: Path, name: str) -> None:
    pair, single = measured(root / "pair" / name), measured(root / "single" / name)
    assert single and pair.keys() == single.keys()
    for key, value in single.items():
        assert pair[key] == pytest.approx(value, rel=CLOSE.get(name, 1e-5), abs=1e-6), key


@pytest.mark.parametrize("stage", WITH_MOMENTS)
def test_their_gradients_are_the_same(root: Path, stage: str) -> None:
    pair, single = (load_file(root / by / stage / checkpoint.NAME) for by in ("pair", "single"))
    assert pair.keys() == single.keys()
    moments = [name for name in single if name.endswith("exp_avg")]
    scale = max(np.abs(single[name]).max() for name in moments)
    for name in moments:
        np.testing.assert_allclose(pair[name], single[name], rtol=1e-3, atol=2e-3 * scale, err_msg=name)


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("way", ["one-then-two", "two-then-one"])
def test_a_run_goes_on_with_other_processes(root: Path, way: str, name: str) -> None:
    assert checkpoint.step_of(root / way / name) == STEPS
    mixed, whole = (load_file(root / by / name / checkpoint.NAME) for by in (way, "single"))
    assert mixed.keys() == whole.keys()
    for key in CODES:
        scale = np.abs(whole[key]).max()
        np.testing.assert_allclose(mixed[key], whole[key], rtol=1e-3, atol=1e-4 * scale, err_msg=key)
    changed, unchanged = (measured(root / by / name)[name, STEPS, "loss"] for by in (way, "single"))
    assert changed == pytest.approx(unchanged, rel=1e-5)


def test_each_process_holds_its_share_of_codes_and_of_their_optimisers_state(tmp_path: Path) -> None:
    write_tiny_store(tmp_path, shapes=10, samples=50)
    store = open_stores((tmp_path,))
    whole = TriplaneTask(store, store.split("train"), replace(TRIPLANE, code_start="random"))
    table = whole.codes.weight.detach()
    shares = [
        ShardedEmbedding(torch.nn.Embedding.from_pretrained(table), Process(rank, 4)) for rank in range(4)
    ]
    assert [len(share.weight) for share in shares] == [3, 3, 3, 0]
    assert torch.equal(torch.cat([share.weight for share in shares]), table)
    share = shares[1]
    optimizer = torch.optim.SparseAdam(share.parameters(), 0.1)
    share.weight.grad = torch.sparse_coo_tensor(
        torch.tensor([[0]]), torch.ones(1, table.shape[1]), share.weight.shape
    )
    optimizer.step()
    assert optimizer.state[share.weight]["exp_avg"].shape == (3, table.shape[1])


def test_a_process_that_fails_ends_the_other_one(launch: Launch, root: Path, tmp_path: Path) -> None:
    sizes = ["--shape.code-size", "8", "--shape.seed-channels", "8", "--shape.channels", "8"]
    sizes += ["--shape.widths", "8", "8", "--points-per-shape", "16", "--steps", "5"]
    arguments = ["train", "shape", str(root / "store"), "-o", str(tmp_path / "run"), *sizes]
    (main, told), (other, reason) = launch("fail", *arguments)
    assert (main, other) == (1, 1)
    assert "latentmapper train shape: the disk of this one is gone" in reason
    assert "process 0 of 2 has lost another one, whose own message says why" in told
    assert "Traceback" not in told + reason


def test_torchrun_starts_a_command_and_one_process_tells(root: Path, tmp_path: Path) -> None:
    made = subprocess.run(
        [
            *(sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"),
            *("-m", "latentmapper.cli", "fit", str(root / "model"), str(root / "store")),
            *("-o", str(tmp_path / "codes"), "--steps", "2", "--points", "32", "--device", "cpu"),
        ],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert made.returncode == 0, made.stderr
    assert made.stdout.count("codes of 1 shapes, mean L1") == 1
    assert (tmp_path / "codes").is_file()


def test_shares_are_even_and_together_all_there_is() -> None:
    rows = np.array([5, 6, 7, 8, 9])
    shares = [Process(rank, 3).even(rows)[Process(rank, 3).own] for rank in range(3)]
    assert [share.tolist() for share in shares] == [[5, 8], [6, 9], [7, 5]]
    assert ALONE.even(rows)[ALONE.own].tolist() == rows.tolist()
    assert len({Process(rank, 3).seed(7) for rank in range(3)}) == 3 and ALONE.seed(7) == 7


def test_alone_nothing_is_started() -> None:
    with started("cpu") as process:
        assert process == ALONE
        assert not torch.distributed.is_initialized()
