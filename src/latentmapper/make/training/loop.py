"""The one training loop: every model trains through it, on one process or several, and resumes exactly."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import torch

from latentmapper import files
from latentmapper.errors import TrainingError
from latentmapper.make.training import checkpoint
from latentmapper.make.training.distributed import Process
from latentmapper.make.training.log import RunLog
from latentmapper.make.training.sharded import ShardedEmbedding

EPOCH = "epoch"
"""In checkpoints of runs that count passes over the data: the steps of one."""


class Task(Protocol):
    """What is trained: modules, optimisers with a base learning rate each, and a loss of a step.

    A batch depends on nothing but the seed and the step, so a resumed run sees what an unbroken
    one would have seen. Of several processes each works on its own slots of the batch.
    """

    process: Process
    """Where it trains; the modules are on its device."""

    @property
    def modules(self) -> Mapping[str, torch.nn.Module]:
        """What is trained, by name."""
        ...

    optimizers: list[Any]
    state: dict[str, float]
    """Whatever else a resumed run must know, such as the best result so far."""

    def loss(self, step: int) -> tuple[torch.Tensor, dict[str, float]]:
        """The loss of one step, and what to log with it."""
        ...

    def validate(self, step: int) -> dict[str, float]:
        """Measurements on held-out data; {"stop": 1.0} ends the run."""
        ...


def train(
    task: Task,
    folder: Path,
    steps: int,
    final_rate: float,
    log_every: int = 50,
    save_every: int = 500,
    check_every: int = 0,
    warmup: int = 0,
    clip: float = 0.0,
    halvings: int = 0,
    drops: Sequence[float] = (),
    falling: float = 0.0,
    epoch: int = 0,
) -> int:
    """Train until `steps`, from the checkpoint in `folder` if there is one; return the last step.

    The learning rate of every optimiser falls from its base along a cosine to `final_rate` times it, after
    it rose from nothing over `warmup` steps; with `halvings` it is halved that often instead, after equal
    parts of the run, and it falls to a tenth at each of `drops`, shares of the run. Over the share `falling`
    at the end of the run it falls linearly to nothing besides. `epoch` are the steps of a pass, of runs that
    count passes: one that was begun with longer ones goes on at the same pass. Gradients longer than `clip`
    are shortened to it; 0 leaves them. Of several processes the main one alone measures held-out data, logs
    and saves.

    Raises
    ------
    TrainingError : the loss is no number any more.
    """
    process = task.process
    if process.is_main:
        files.remove_unfinished(folder)  # of killed runs
    bases = [[group["lr"] for group in optimizer.param_groups] for optimizer in task.optimizers]
    start, shorter = _begun(task, folder, epoch)
    log = RunLog(folder, start, steps, process.is_main, shorter)
    replicas = [module for module in task.modules.values() if not isinstance(module, ShardedEmbedding)]
    step_loss = process.parallel(task.loss, replicas)
    for step in range(start, steps):
        scale = 0.5 ** ((halvings + 1) * step // steps) if halvings else _cosine(step, steps, final_rate)
        scale *= min(1.0, (step + 1) / max(1, warmup)) * 0.1 ** sum(step >= drop * steps for drop in drops)
        scale *= min(1.0, (1 - step / steps) / falling) if falling else 1.0
        for optimizer, rates in zip(task.optimizers, bases, strict=True):
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * scale
        for optimizer in task.optimizers:
            optimizer.zero_grad(set_to_none=True)
        loss, values = step_loss(step)
        loss.backward()
        if clip:
            for module in task.modules.values():
                torch.nn.utils.clip_grad_norm_(module.parameters(), clip)
        for optimizer in task.optimizers:
            optimizer.step()
        done = step + 1
        tells, saves = (done % every == 0 or done == steps for every in (log_every, save_every))
        checks = check_every and (done % check_every == 0 or done == steps)
        if tells or saves or checks:
            told = process.means({"loss": float(loss.detach()), **values})
            _require_finite(told["loss"], done, folder)  # before it becomes a checkpoint
            if tells:
                log.write(done, **told)
        checked = task.validate(done) if checks and process.is_main else {}
        if checked:
            log.write(done, **checked)
        stop = checks and process.told(bool(checked.get("stop")))
        if saves or stop:
            _save(task, folder, done, epoch)
        if stop:
            return done
    return steps


def _begun(task: Task, folder: Path, epoch: int) -> tuple[int, float]:
    """The step to go on from, and times by which steps count now what they did in the checkpoint."""
    step, state = checkpoint.load(folder, task.modules, task.optimizers)
    before = state.pop(EPOCH, epoch)
    task.state.update(state)
    if not epoch or before == epoch:
        return step, 1.0
    start = round(step * epoch / before)
    _save(task, folder, start, epoch)  # before the log is told anew: a kill must not have that done twice
    return start, epoch / before


def _save(task: Task, folder: Path, step: int, epoch: int) -> None:
    passes = {EPOCH: epoch} if epoch else {}
    checkpoint.save(folder, step, task.modules, task.optimizers, task.process, **task.state, **passes)


def _require_finite(loss: float, step: int, folder: Path) -> None:
    """Raise `TrainingError` where nothing can be learned from a loss any more."""
    if not math.isfinite(loss):
        raise TrainingError(
            f"{folder}: the loss of step {step} is no number any more, so there is nothing to go on with; "
            "remove the folder and train again with a lower rate"
        )


def _cosine(step: int, steps: int, final: float) -> float:
    return final + (1 - final) * 0.5 * (1 + math.cos(math.pi * step / steps))
