"""Every recipe that trains, small enough to be trained on two processes in a test.

A run takes the batch of one process as it is and one twice as large where it is alone, so that both learn
from the same items. What networks draw for themselves (dropout, hidden patches) is switched off.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from latentmapper.make.dataset.captions import read_captions
from latentmapper.make.dataset.features import Features
from latentmapper.make.dataset.joined import JoinedStore, open_stores
from latentmapper.make.dataset.views import Views
from latentmapper.make.models.mapper import MapperShape
from latentmapper.make.models.second import SecondShape
from latentmapper.make.models.view_reader import ViewShape
from latentmapper.make.training.autoencoder import train_autoencoder
from latentmapper.make.training.baseline import train_baseline
from latentmapper.make.training.contrast import ContrastRecipe, train_contrast
from latentmapper.make.training.distributed import Process
from latentmapper.make.training.fit import FitRecipe
from latentmapper.make.training.fit_store import fit_store
from latentmapper.make.training.location import train_location
from latentmapper.make.training.mapper import train_mapper
from latentmapper.make.training.mapper_recipe import MAPPER_PAPER, MapperRecipe
from latentmapper.make.training.second import train_second
from latentmapper.make.training.second_run import SecondRecipe
from latentmapper.make.training.shape import train_shape
from latentmapper.make.training.shape_run import load_shape_run
from latentmapper.make.training.translator import train_translator
from latentmapper.make.training.view_reader import ViewRecipe, train_view
from latentmapper.pack import Pack
from tests.make.bags import write_bag
from tests.make.fake_vit import BoxedColours
from tests.make.second import write_drawing_pack, write_second_features
from tests.make.tiny_photos import write_tiny_photos
from tests.make.tiny_store import write_tiny_store
from tests.make.tiny_views import write_tiny_views
from tests.make.training import (
    baselines,
    test_autoencoder,
    test_contrast,
    test_dit,
    test_location,
    test_mapper,
    test_shape,
    test_translator,
    test_view_reader,
)

STEPS = 6
TRIPLANE = replace(test_shape.TINY, final_rate=1.0, points_per_shape=64)
# Weights that do not depend on the length of the run, so that it can be lengthened.
DIT_SHAPE = replace(test_dit.TINY.shape, dropout=0.0)
DIT = replace(
    test_dit.TINY, shape=DIT_SHAPE, halvings=0, warmup=1e-9, code_start="random", points_per_shape=64
)
POOLED = replace(
    test_mapper.SMALL,
    shape=replace(test_mapper.SMALL.shape, noise=0.0, dropout=0.0),
    steps=STEPS,
    batch=6,
    check_every=2,
    distance_shapes=4,
    view_weight=1.0,
    bank_weight=1.0,
)
PAPER = replace(
    MAPPER_PAPER,
    shape=replace(MAPPER_PAPER.shape, hidden=16),
    epochs=0,
    steps=STEPS,
    batch=4,
    check_every=3,
    metric_points=4,
)
BLOCKS = MapperRecipe(
    shape=MapperShape(layers=1, hidden=16, queries=1, skipped=0.0, dropout=0.0, token_dropout=0.0),
    steps=STEPS,
    batch=4,
    check_every=3,
    metric_points=4,
    distance_weight=1.0,
    distance_shapes=2,
    distance_points=16,
)
EVEN_VIEW = ViewShape(cell=8, hidden=16, dropout=0.0, noise=0.0, cell_dropout=0.0)
EVEN_SECOND = SecondShape(components=2, whole=8, cell=4, hidden=16, dropout=0.0, cell_dropout=0.0, noise=0.0)
CONTRAST = ContrastRecipe(hidden=16, width=8, batch=6, steps=STEPS, dropout=0.0, noise=0.0)


def write_inputs(root: Path) -> None:
    """What all runs learn from, with a shape model for those that need one."""
    store = write_tiny_store(root / "store", shapes=10, samples=500)
    train_shape(JoinedStore([store]), root / "model", replace(TRIPLANE, steps=2))
    ids = load_shape_run(root / "model").ids
    splits = dict.fromkeys(ids[:-1], "train") | {ids[-1]: "validation"}
    test_mapper.write_features(root / "pooled", splits)
    test_mapper.write_tokens(root / "tokens", splits, pictures=3)
    write_bag(root / "bag", test_autoencoder.SHAPES)
    baselines.write_inputs(root / "baseline")
    test_location.write_views(root / "location", ["train"] * 4 + ["validation"])
    test_view_reader.write_told(root / "told", pictures=4)
    write_drawing_pack(root / "pack")
    write_second_features(root / "second")
    (root / "described").mkdir()
    test_contrast.write_described(root / "described")
    write_tiny_views(root / "views", store)
    write_tiny_photos(root / "photos")
    # Norms make anything of a picture of one colour.
    (root / "photos" / "cut.png").unlink()


def train_shape_run(name: str, root: Path, run: Path, process: Process, steps: int = STEPS) -> None:
    """`train shape` with a triplane or Deep Implicit Templates."""
    recipe = {"triplane": TRIPLANE, "dit": DIT}[name]
    train_shape(
        open_stores((root / "store",)),
        run,
        replace(recipe, steps=steps, shapes_per_step=_alone(2, process)),
        process,
    )


def _fit(root: Path, run: Path, process: Process) -> None:
    stores, recipe = open_stores((root / "store",)), FitRecipe(steps=3, points=32, batch=3)
    fit_store(root / "model", stores, ("train", "validation"), run, recipe, process=process)


def _mapper(features: str, recipe: MapperRecipe) -> Callable[[Path, Path, Process], None]:
    def run(root: Path, run: Path, process: Process) -> None:
        model, stores = load_shape_run(root / "model"), open_stores((root / "store",))
        sized = replace(
            recipe,
            batch=_alone(recipe.batch, process),
            distance_shapes=_alone(recipe.distance_shapes, process),
        )
        train_mapper(model, stores, [Features(root / features)], {}, run, sized, process=process)

    return run


def _autoencoder(root: Path, run: Path, process: Process) -> None:
    recipe = replace(test_autoencoder.SMALL, epochs=3, batch=_alone(3, process))
    train_autoencoder([Features(root / "bag")], run, recipe, process)


def _atlasnet(root: Path, run: Path, process: Process) -> None:
    # Batch norms over so few make of the last digits of one step the first ones of the next: hardly a step.
    once = {"auto_steps": 1, "encoder_steps": 1, "joint_steps": 1, "check_every": 1}
    once |= {"rate": 1e-8, "joint_rate": 1e-8}
    recipe = replace(baselines.ATLASNET, batch=_alone(4, process), **once)
    train_baseline(*baselines.open_inputs(root / "baseline"), run, recipe, process=process)


def _imnet(root: Path, run: Path, process: Process) -> None:
    recipe = replace(baselines.IMNET, batch=_alone(2, process), pictures=_alone(2, process))
    train_baseline(*baselines.open_inputs(root / "baseline"), run, recipe, process=process)


def _location(root: Path, run: Path, process: Process) -> None:
    recipe = replace(test_location.TINY, steps=STEPS, batch=_alone(64, process))
    train_location([Views.open(root / "location")], BoxedColours(), run, recipe, process)


def _view(root: Path, run: Path, process: Process) -> None:
    recipe = ViewRecipe(EVEN_VIEW, steps=STEPS, batch=_alone(6, process), warmup=1)
    train_view([Features(root / "told")], test_view_reader.known(), run, recipe, process)


def _second(root: Path, run: Path, process: Process) -> None:
    recipe = SecondRecipe(EVEN_SECOND, steps=STEPS, batch=_alone(6, process), rate=0.01, warmup=1)
    train_second(Pack.open(root / "pack"), [Features(root / "second")], run, recipe, process)


def _contrast(root: Path, run: Path, process: Process) -> None:
    features = [Features(root / "described" / "features")]
    captions = read_captions(features, (root / "described" / "store",))
    recipe = replace(CONTRAST, batch=_alone(CONTRAST.batch, process))
    train_contrast(captions, features[0].vit_sha256, run, recipe, process)


def _translator(root: Path, run: Path, process: Process) -> None:
    recipe = replace(test_translator.TINY, batch=_alone(1, process), steps=1)
    train_translator(root / "photos", [Views.open(root / "views")], run, recipe, process)


def _alone(batch: int, process: Process) -> int:
    return batch * 2 // process.world


Run = Callable[[Path, Path, Process], None]
RUNS: dict[str, Run] = {
    "triplane": lambda *given: train_shape_run("triplane", *given),
    "dit": lambda *given: train_shape_run("dit", *given),
    "pooled": _mapper("pooled", POOLED),
    "blocks": _mapper("tokens", BLOCKS),
    "paper": _mapper("pooled", PAPER),
    "autoencoder": _autoencoder,
    "atlasnet": _atlasnet,
    "imnet": _imnet,
    "contrast": _contrast,
    "translator": _translator,
    "location": _location,
    "view": _view,
    "second": _second,
    "fit": _fit,
}
"""By name: root of the inputs, folder or file of the run, and the process -> trained."""
