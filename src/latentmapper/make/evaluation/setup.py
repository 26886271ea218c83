"""From files to an evaluator: the pack, the references that the files allow, pictures and descriptors."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import StoreError
from latentmapper.features.vit import ViT
from latentmapper.make.dataset.features import Features
from latentmapper.make.dataset.store import Record, ShapeData, Store
from latentmapper.make.dataset.views import evaluation_view
from latentmapper.make.evaluation.bounds import Floor, Oracle
from latentmapper.make.evaluation.conditions import SETTINGS, Condition
from latentmapper.make.evaluation.evaluate import Evaluator
from latentmapper.make.evaluation.methods import Decoder, Description, Mapped, Method
from latentmapper.make.evaluation.protocol import EvaluationPicture, Rules
from latentmapper.make.evaluation.references import Ceiling, MeanShape, Retrieval
from latentmapper.make.evaluation.surface import Surface
from latentmapper.make.evaluation.visible import Points
from latentmapper.make.training.codes import load_codes
from latentmapper.pack import Pack
from latentmapper.photo.first_look import look_first
from latentmapper.photo.framing import letterbox
from latentmapper.places import Place
from latentmapper.quantising import Precision, resolved
from latentmapper.shapes.mesh import Mesh


@dataclass(frozen=True)
class Sources:
    """All files that an evaluation reads besides the test shapes."""

    pack: Path
    features: tuple[Place, ...] = ()
    """Descriptors of training pictures, for retrieval."""
    training: tuple[Place, ...] = ()
    """Stores that hold the training shapes."""
    ceiling: Place | None = None
    """Codes fitted to the test shapes."""
    truth: Place | None = None
    """Store of the test shapes, for the references that look at the truth."""
    floor: bool = False
    """Whether the true meshes are sampled a second time."""
    oracle: bool = False
    """Whether the training shapes are searched for the one most like the truth."""
    vit: Path | None = None
    """The ViT's ONNX file; None takes the bundled one."""
    precision: Precision = "float32"
    """How exactly pictures are looked at; figures of float32 are those of every machine."""
    looks: int = 1
    """How often the pack looks closer at a picture."""
    baselines: tuple[Path, ...] = ()
    """Runs of trained baselines."""

    def evaluator(
        self, rules: Rules, conditions: tuple[Condition, ...], measures: tuple[str, ...], threads: int
    ) -> Evaluator:
        """Load everything. Raises `PackError` where pack and ViT do not fit together."""
        way = resolved(self.precision)
        pack = Pack.open(self.pack, threads, way == "int8")
        vit = ViT(self.vit, threads=threads) if self.vit else ViT.bundled(threads)
        pack.require_vit(vit.sha256)
        near = vit.quantised() if way == "int8" else vit
        fast = None if way == "float32" else near

        def describe(image: NDArray[np.uint8]) -> Description:
            square = letterbox(image.astype(np.float32) / np.float32(255))
            first = cache(lambda: look_first(vit, fast, square, {pack.category: pack}))
            # What fails here, fails within the method that asks for it.
            return Description(
                lambda: pack.overview(vit.describe(square[None]))[0],
                lambda: pack.look(near, square, first()[0], self.looks),
                image,
                lambda: first()[1][pack.category],
            )

        def render(shape: ShapeData, picture: EvaluationPicture) -> NDArray[np.uint8]:
            return render_picture(shape, picture, pack.category)

        decoder, codes = Decoder(pack, rules), self.codes(pack)
        methods = self._methods(decoder)

        def decode(shape_id: str) -> ShapeData:
            return bare(decoder.mesh(codes[shape_id]))

        return Evaluator(rules, conditions, methods, render, describe, measures, decode)

    def codes(self, pack: Pack) -> dict[str, NDArray[np.float32]]:
        """Codes (d,) by shape: those of the pack's known shapes, and those that were fitted."""
        return dict(zip(pack.shape_names, pack.bank, strict=True)) | self._fitted(pack)

    def _fitted(self, pack: Pack) -> dict[str, NDArray[np.float32]]:
        """Codes (d,) that were fitted, by shape. Raises `StoreError` where they are no codes of the pack."""
        fitted = load_codes(self.ceiling) if self.ceiling else {}
        if others := [code for code in fitted.values() if code.shape != pack.mean_code.shape]:
            told = f"codes of {len(others[0])} numbers, and pack {pack.id} has codes of {len(pack.mean_code)}"
            raise StoreError(f"--ceiling: {self.ceiling} holds {told}; fit those of its own shape model")
        return fitted

    def records(self) -> list[dict[str, str]]:
        """What tells the baselines from any others. Raises `StoreError` for a run that is not finished."""
        if not self.baselines:
            return []
        from latentmapper.make.evaluation.baselines import baseline_records

        return baseline_records(self.baselines)

    def histories(self, shapes: Collection[str]) -> list[dict[str, Any]]:
        """The same with how they were trained, and how many of the shapes they have learned from."""
        if not self.baselines:
            return []
        from latentmapper.make.evaluation.baselines import baseline_histories

        return baseline_histories(self.baselines, shapes)

    def _methods(self, decoder: Decoder) -> list[Method]:
        methods: list[Method] = [Mapped(decoder)]
        if self.baselines:
            from latentmapper.make.evaluation.baselines import baseline_methods

            methods += baseline_methods(self.baselines, decoder.rules)
        if self.features:
            methods.append(retrieval(decoder.pack, self.features, self.training, decoder.rules))
        methods.append(MeanShape(decoder))
        if self.ceiling:
            methods.append(Ceiling(decoder, self._fitted(decoder.pack)))
        if self.truth and self.oracle:
            methods.append(oracle(self.truth, self.training, decoder.rules))
        if self.truth and self.floor:
            methods.append(Floor(surfaces([self.truth], decoder.rules)))
        return methods


def bare(mesh: Mesh) -> ShapeData:
    """A mesh as a store has it, but for materials and samples, of which nothing is known."""
    none = np.zeros((0, 3), np.float32)
    materials = np.zeros(len(mesh.faces), np.uint8)
    return ShapeData(mesh.vertices, mesh.faces, materials, none, none[:, 0], none, none)


def render_picture(shape: ShapeData, picture: EvaluationPicture, category: str) -> NDArray[np.uint8]:
    """The picture (side, side, 3) of a true shape that the protocol asks for, 224 pixels a side for most."""
    setting = SETTINGS[picture.condition]
    view = evaluation_view(
        shape.vertices,
        shape.faces,
        shape.materials,
        picture.azimuth,
        picture.elevation,
        background=setting.background,
        occlusion=picture.occlusion,
        seed=picture.seed,
        category=category,
        side=setting.side,
    )
    return setting.damage(view.image)


def retrieval(
    pack: Pack, features: tuple[Place, ...], training: tuple[Place, ...], rules: Rules
) -> Retrieval:
    """The nearest-training-shape reference: descriptors of original meshes, and the meshes themselves.

    Features of hidden tokens show a closer look at the object, so the pack has to look in the same way.

    Raises `StoreError` where a described training shape is in none of the stores or no longer one to train
    on, or the features are of another ViT, not of one kind, or of one that pictures are not described in.
    """
    opened = [Features(folder) for folder in features]
    if others := [each for each in opened if each.vit_sha256 != pack.vit_sha256]:
        raise StoreError(f"--features: {others[0].folder} was made by another ViT than pack {pack.id} reads")
    kinds = {each.kind for each in opened}
    if len(kinds) > 1 or not kinds <= {"pooled", "tokens"}:
        raise StoreError(
            f"--features: retrieval reads pooled or tokens; these are {', '.join(sorted(kinds))}"
        )
    if kinds == {"tokens"} and (pack.metadata.get("closer") or {}).get("kind") != "tokens":
        raise StoreError(f"--features: {pack.id} does not look closer, as tokens do; give features of pooled")
    for each in opened:
        each.require_whole()
    shapes, pictures = _records(training), [training_descriptors(each) for each in opened]
    names = [name for _, part in pictures for name in part]
    if missing := set(names) - set(shapes):
        raise StoreError(f"--training: no store holds {sorted(missing)[0]}, which --features describe")
    if moved := [name for name in names if shapes[name][1].split != "train"]:
        told = (
            f"{moved[0]}, which --features describe as a training shape, is none in the stores of --training"
        )
        raise StoreError(f"{told}: render and describe them again")
    described = np.concatenate([part for part, _ in pictures])
    reads = "descriptor" if kinds == {"tokens"} else "overview"
    return Retrieval(described, names, surfaces(training, rules), reads)


def oracle(truth: Place, training: Sequence[Place], rules: Rules) -> Oracle:
    """The reference that looks at the truth: any shape of the training split, deformed ones included.

    Raises `StoreError` where the stores hold no training shape.
    """
    found = [(store, record) for store, record in _records(training).values() if record.split == "train"]
    if not found:
        raise StoreError("--oracle: no store of --training holds a training shape")
    training_shapes, tests = {record.id: (store, record) for store, record in found}, _records([truth])

    def cloud(name: str) -> Points:
        store, record = training_shapes[name]
        return store.load(record).surface_points

    def points(name: str) -> Points:
        store, record = tests[name]
        return store.load(record).surface_points

    return Oracle(list(training_shapes), cloud, points, surfaces(training, rules))


def surfaces(stores: Sequence[Place], rules: Rules) -> Callable[[str], Surface]:
    """What gives the original mesh of a shape by its id, sampled as reconstructions are."""
    shapes = _records(stores)

    def load(name: str) -> Surface:
        store, record = shapes[name]
        origin = record.source, record.license
        return Surface.of(store.load(record), rules, rules.seed + 1, record.closed, origin)

    return load


def _records(stores: Sequence[Place]) -> dict[str, tuple[Store, Record]]:
    return {record.id: (store, record) for store in map(Store.open, stores) for record in store.records}


def training_descriptors(features: Features) -> tuple[NDArray[np.float32], list[str]]:
    """Descriptors (n, D) of the pictures of training shapes' own meshes, and the shape (n,) of each.

    Raises `StoreError` where there are none.
    """
    parts, names = [], []
    for record in features.records:
        if record.split == "train" and record.mesh == "original":
            parts.append(Retrieval.summary(features.load(record)).astype(np.float32))
            names += [record.shape] * len(parts[-1])
    if not parts:
        raise StoreError(f"{features.folder} describes no original mesh of the training split")
    return np.concatenate(parts), names
