"""Training a mapper: descriptors to codes, judged by the code and by the shape it gives."""

import logging
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from latentmapper import files
from latentmapper.errors import StoreError
from latentmapper.make.dataset.features import Features
from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.models.blocks import LastBlocks, blocks_of
from latentmapper.make.models.mapper import Mapper
from latentmapper.make.training import checkpoint
from latentmapper.make.training.composed import Composition
from latentmapper.make.training.distributed import ALONE, Process
from latentmapper.make.training.learned import START, begun_at, check_learned, keep_learned
from latentmapper.make.training.loop import train
from latentmapper.make.training.mapper_losses import Losses
from latentmapper.make.training.mapper_recipe import MapperRecipe
from latentmapper.make.training.mapper_run import (
    best_of,
    check_codes,
    check_features,
    check_start,
    details_of,
    learned_from,
    rows_known,
)
from latentmapper.make.training.pictures import Pictures, Rows
from latentmapper.make.training.recipe import check_begun, require_as_many, save_recipe
from latentmapper.make.training.shape_run import TrainedShape
from latentmapper.make.training.view import ViewHead

logger = logging.getLogger(__name__)
FITTED = 32_768
"""Pictures that a whitening or scaling is found from, where there are more than memory should hold."""
HELD_OUT = 2000
"""Held-out pictures that a run is measured on, about."""
MAY_CHANGE = ("steps", "epochs", "patience", "batch", "distance_shapes")
"""Fields of a recipe that a run need not go on with: see `check_begun`."""


class MapperTask:
    """See `loop.Task`."""

    def __init__(
        self,
        model: TrainedShape,
        store: JoinedStore,
        train_set: Pictures,
        held_out: Pictures,
        recipe: MapperRecipe,
        best: Path,
        vit: Mapping[str, torch.Tensor] | None = None,
        start: Path | None = None,
        process: Process = ALONE,
    ) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.train_set, self.held_out = recipe, train_set, held_out
        self.process, self.model = process, model.to(process.device)
        samples = store.shapes("train")
        self.losses = Losses(self.model, samples, train_set.shapes, recipe, process)
        self.mapper = Mapper(recipe.shape, model.codes, *train_set.layout)
        self._begin(vit, start)
        self.mapper.to(process.device)
        self.encoded, self.held_out_encoded = self._encode(train_set), self._encode(held_out)
        self.modules: dict[str, torch.nn.Module] = {"mapper": self.mapper}
        if recipe.view_weight:
            self.view_head = ViewHead(recipe.shape.hidden, samples, train_set).to(process.device)
            self.modules["view"] = self.view_head
        groups = [{"params": params, "lr": rate} for params, rate in self._rates()]
        self.optimizers = [torch.optim.AdamW(groups, weight_decay=recipe.weight_decay)]
        self.state = {"best": 1e9, "waited": 0.0}
        self.best_folder = best

    def loss(self, step: int) -> tuple[torch.Tensor, dict[str, float]]:
        """Cross-entropy over the bank, L1 on the code, displacements, view, signed distances."""
        recipe, process = self.recipe, self.process
        self.mapper.train()
        torch.manual_seed(process.seed(recipe.seed * 1_000_003 + step))
        rng = np.random.default_rng((recipe.seed, step))
        drawn = self.train_set.draw(rng, recipe.batch * process.world)
        rows = drawn[process.own]
        target = self.train_set.codes[rows].to(process.device)
        hidden = self._hidden(self.encoded[rows])
        code, weights = self.mapper.answer(hidden)
        parts = {
            "entropy": recipe.entropy_weight * self.losses.entropy(weights, target),
            "code": recipe.code_weight * ((code - target) / self.mapper.code_std).abs().mean(),
            "displacement": recipe.displacement_weight * self.losses.displacement(code, target).mean(),
            "distance": recipe.distance_weight * self.losses.distance(code, drawn, step),
        }
        if recipe.bank_weight:
            mixture = weights @ self.model.codes
            parts["bank"] = recipe.bank_weight * self.losses.displacement(mixture, target).mean()
        if recipe.view_weight:
            parts["view"] = recipe.view_weight * self.view_head.loss(hidden, rows, process)
        return torch.stack(list(parts.values())).sum(), {k: float(v.detach()) for k, v in parts.items()}

    def validate(self, step: int) -> dict[str, float]:
        """Displacement on pictures of held-out groups, and whether predictions still vary."""
        if not len(self.held_out.codes):
            return {}
        self.mapper.eval()
        with torch.no_grad():
            parts = [self._hidden(self.held_out_encoded[rows]) for rows in self.held_out.parts(64)]
            code = torch.cat([self.mapper.answer(part)[0] for part in parts])
            target = self.held_out.codes.to(code.device)
            view = self._view_error(torch.cat(parts))
            error = float(self.losses.displacement(code, target).mean())
            varied = variance_ratio(code, target)
        if error < self.state["best"]:
            self.state |= {"best": error, "waited": 0.0}
            checkpoint.save(self.best_folder, step, self.modules, [])
        else:
            self.state["waited"] += 1
        stop = {"stop": 1.0} if self.state["waited"] >= self.recipe.patience else {}
        return {"held_out_displacement": error} | varied | view | stop

    def _view_error(self, hidden: torch.Tensor) -> dict[str, float]:
        """Median angle, degrees, between where held-out pictures are told to be taken from and the truth."""
        if not self.recipe.view_weight:
            return {}
        angle = self.view_head.angles(hidden, self.held_out.directions).nanmedian()
        return {"held_out_view_degrees": float(angle)} if angle.isfinite() else {}

    def _begin(self, vit: Mapping[str, torch.Tensor] | None, start: Path | None) -> None:
        """Weights to begin with: another run's, or a whitening of the pictures, or the ViT's blocks."""
        body, shape = self.mapper.body, self.recipe.shape
        if start is not None:
            rows = rows_known(start, self.model)
            other = Mapper(shape, self.model.codes[rows], *self.train_set.layout)
            checkpoint.load(best_of(start), {"mapper": other}, [])
            self.mapper.take(other, rows)
        elif shape.body in ("whitened", "dense"):
            fixed = self.mapper.whitening if shape.body == "whitened" else self.mapper.standard
            fixed.fit(self.train_set.some(FITTED))
        elif vit is not None:
            assert isinstance(body, LastBlocks)
            body.take(vit, blocks_of(vit) - shape.layers)

    def _hidden(self, encoded: torch.Tensor) -> torch.Tensor:
        device = self.process.device
        with torch.autocast(device.type, torch.bfloat16, enabled=self.recipe.bfloat16):
            return self.mapper.hidden(encoded.to(device).float()).float()

    def _rates(self) -> list[tuple[list[torch.nn.Parameter], float]]:
        """Parameters and their rate: what comes from the ViT goes on slowly."""
        body = self.mapper.body
        if not isinstance(body, LastBlocks):
            return [(self._trained(), self.recipe.rate)]
        known = [*body.blocks.parameters(), *body.norm.parameters()]
        theirs = {id(parameter) for parameter in known}
        rest = [parameter for parameter in self._trained() if id(parameter) not in theirs]
        return [(known, self.recipe.block_rate), (rest, self.recipe.rate)]

    def _trained(self) -> list[torch.nn.Parameter]:
        return [parameter for module in self.modules.values() for parameter in module.parameters()]

    def _encode(self, pictures: Pictures) -> Rows:
        """What of the mapper is fixed is done once for all pictures."""
        if self.recipe.shape.body == "blocks" or not len(pictures.codes):
            return pictures.descriptors
        parts = (pictures.descriptors[rows].to(self.process.device) for rows in pictures.parts(512))
        return torch.cat([self.mapper.encode(part.float()).cpu() for part in parts])


def train_mapper(
    model: TrainedShape,
    store: JoinedStore,
    features: list[Features],
    codes: dict[str, np.ndarray],
    folder: Path,
    recipe: MapperRecipe,
    vit: Mapping[str, torch.Tensor] | None = None,
    start: Path | None = None,
    autoencoder: Path | None = None,
    beside: Sequence[Features] = (),
    process: Process = ALONE,
) -> None:
    """Train into `folder`; resumes what is there, unless held-out pictures have stopped it.

    Parameters
    ----------
    codes : targets of shapes beyond the model's own training codes (held-out shapes' fitted codes).
    vit : weights of the ViT that the features are of, for a body of its last blocks to start from.
    start : run of another mapper of the same sizes and ViT to start from, its best weights; its shape model
        is this one, or what this one started from.
    autoencoder : run of `train_autoencoder` through which a body of dense layers reads.
    beside : features of a second block that such a body reads, of the same pictures in the same order.

    Raises
    ------
    StoreError : the model knows a single shape, no picture shows one whose code is known, the features are
        not what the body reads, `store`, `codes`, `start` or `autoencoder` do not fit, or the folder holds a
        run that was begun with others than these.
    RecipeError : the folder holds a run that was begun with another recipe, but for more steps
        and what is in one.
    """
    if len(model.ids) < 2:  # how codes vary is what their errors are measured by
        raise StoreError("the shape model knows a single shape, and a mapper tells shapes apart; build more")
    store.require(model.ids)
    composition = Composition(features, autoencoder, beside)
    check_features(composition, recipe)
    check_codes(codes, model)
    train_set, held_out = _pictures(composition, model.codes_by_id | codes, recipe)
    if start is not None:
        check_start(start, model, features[0].vit_sha256)
    check_begun(recipe, folder / "recipe.json", free=MAY_CHANGE)
    if not recipe.epochs:
        require_as_many(recipe.steps, folder)
    learned = learned_from(model, store, composition, codes)
    learned |= begun_at(start and best_of(start) / checkpoint.NAME)
    check_learned(learned, folder)
    if process.is_main:
        folder.mkdir(parents=True, exist_ok=True)
        save_recipe(recipe, folder / "recipe.json")
        keep_learned(learned, folder)
        details = details_of(model, composition, train_set, recipe, learned[START], folder)
        files.write_json(folder / "mapper.json", details)
    if checkpoint.extra_of(folder).get("waited", 0) >= recipe.patience:
        logger.info("held-out pictures stopped this run; a larger --patience would go on with it")
        return
    task = MapperTask(model, store, train_set, held_out, recipe, folder / "best", vit, start, process)
    epoch = math.ceil(len(train_set.codes) / (recipe.batch * process.world))
    check_every = epoch if recipe.epochs else recipe.check_every
    train(
        task,
        folder,
        recipe.epochs * epoch or recipe.steps,
        recipe.final_rate,
        check_every=check_every,
        save_every=check_every,
        warmup=recipe.warmup,
        clip=recipe.clip,
        epoch=epoch if recipe.epochs else 0,
    )


def _pictures(
    composition: Composition, targets: dict[str, np.ndarray], recipe: MapperRecipe
) -> tuple[Pictures, Pictures]:
    """Those to learn from and those held out. Raises `StoreError` where none shows a shape with a target."""
    features, share = list(composition.features), recipe.parametric_share
    train_set = Pictures.gather(features, "train", targets, share, balance=recipe.balance)
    held_out = Pictures.gather(features, "validation", targets, 0.5, at_most=HELD_OUT)
    if not len(train_set.codes):
        raise StoreError(
            "no picture shows a shape whose code is known; do features and shape model fit together?"
        )
    if recipe.shape.body != "dense":
        return train_set, held_out
    return (
        composition.compose(train_set, "train", targets, 0),
        composition.compose(held_out, "validation", targets, HELD_OUT),
    )


def variance_ratio(code: torch.Tensor, target: torch.Tensor) -> dict[str, float]:
    """How much codes (n, d) vary for what the true ones do; nothing where those do not."""
    spread = target.var(0, correction=0).sum()
    return {"variance_ratio": float(code.var(0, correction=0).sum() / spread)} if spread > 0 else {}
