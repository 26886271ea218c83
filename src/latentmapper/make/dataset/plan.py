"""What a store will hold: which shapes of which collections, in which split, under which recipe."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Literal

from latentmapper.errors import RecipeError, UsageError
from latentmapper.make.collections.base import Collection
from latentmapper.make.collections.resolve import open_collection
from latentmapper.make.dataset.held_out import hold_out, parse_kind
from latentmapper.make.dataset.shape_data import ShapeRecipe, Task
from latentmapper.make.dataset.split import HELD_OUT, split_of
from latentmapper.make.dataset.store import USABLE, Record
from latentmapper.make.dataset.symmetry import MOST, is_symmetric
from latentmapper.places import Place


@dataclass(frozen=True)
class BuildRecipe:
    """What becomes of a collection of meshes; kept in the header of the store."""

    category: str | None = None
    """Only shapes of this category; also the name given to the shapes of a plain folder."""
    synset: str | None = None
    """Read the sources as ShapeNetCore v2 trees, this synset of them ("02958343", or "car")."""
    exclude_sources: tuple[str, ...] = ()
    """Leave out the shapes of these sources; that of a folder without a manifest is its name."""
    licenses: tuple[str, ...] = ()
    """Only shapes under these licenses, as the manifest spells them; all of them if none is given. That of a
    folder without a manifest is unknown."""
    validation_sources: tuple[str, ...] = ()
    """Shapes of these sources only validate; set aside where their group is in training or test."""
    split: tuple[float, float, float] = (0.8, 0.1, 0.1)
    """Shares of the groups for training, validation and test."""
    split_by: Literal["group", "shape"] = "group"
    """What stays together. "shape" splits at random, as the 3D-LatentMapper paper does: near-copies then
    stand on both sides, which flatters."""
    hold_out: tuple[str, ...] = ()
    """Kinds that nothing is trained on, such as tail=T or body=pickup, by the attributes that data describe
    knows: their shapes make up the split held-out, and shapes that may be of them are set aside."""
    samples: int = 50_000
    """Signed distances per shape."""
    surface_points: int = 20_000
    """Points seen from outside per shape."""
    deform: int = 0
    """Smoothly deformed copies per training shape."""
    width_to_length: tuple[float, float] | None = None
    """Range of the width as a share of the length, where shapes are toys of the real thing: deformed copies
    are stretched to it, and training shapes outside it are set aside, but not their copies."""
    height_to_length: tuple[float, float] | None = None
    """The same of the height."""
    seed: int = 0
    """Seed of all samples."""

    def __post_init__(self) -> None:
        if len(self.split) != 3 or min(self.split) < 0 or not abs(sum(self.split) - 1) <= 1e-6:
            raise RecipeError(f"--split must be three shares that sum to 1, not {self.split}")
        for kind in self.hold_out:
            parse_kind(kind)
        for name in ("samples", "surface_points"):
            if getattr(self, name) < 100:
                raise RecipeError(f"--{name.replace('_', '-')} must be at least 100")
        for name in ("deform", "seed"):
            if getattr(self, name) < 0:
                raise RecipeError(f"--{name} must not be negative")
        for name in ("width_to_length", "height_to_length"):
            wanted = getattr(self, name)
            if wanted is not None and not 0 < wanted[0] <= wanted[1] < inf:
                raise RecipeError(f"--{name.replace('_', '-')} must be two rising positive numbers")

    @property
    def of_shapes(self) -> ShapeRecipe:
        """The part that the data of a single shape depends on."""
        ranges = (self.width_to_length, self.height_to_length)
        return ShapeRecipe(self.samples, self.surface_points, self.seed, *ranges)


def plan(sources: Sequence[str], store: Place, recipe: BuildRecipe) -> list[Task]:
    """One task per shape and deformed copy, in the order of the sources.

    Raises `UsageError` where the sources hold no shape that the recipe wants, or one id twice.
    """
    tasks: dict[str, Task] = {}
    for source in sources:
        for task in _tasks_of(source, store, recipe):
            if task.record_id in tasks:
                raise UsageError(
                    f"{tasks[task.record_id].spec} and {source} both hold a shape {task.record_id}"
                )
            tasks[task.record_id] = task
    if not tasks:
        wanted = "no shape is of the category, sources and licenses asked for"
        raise UsageError(
            f"{', '.join(sources)}: {wanted}" if sources else "name at least one source of shapes"
        )
    return list(tasks.values())


def require_one_category(tasks: Sequence[Task]) -> str:
    """The category of all shapes. Raises `UsageError` for several, and for one that no pack could have."""
    sources = {(task.spec, task.category, task.synset) for task in tasks}
    categories = sorted({open_collection(*source).category for source in sources})
    if len(categories) > 1:
        named = ", ".join(categories)
        raise UsageError(f"a store holds one category, the sources hold {named}: give --category")
    if not (categories[0] and categories[0].isprintable()):
        raise UsageError(
            f"--category {categories[0]!r}: no pack can be for what cannot be printed; name another"
        )
    return categories[0]


def _tasks_of(source: str, store: Place, recipe: BuildRecipe) -> Iterator[Task]:
    collection = open_collection(source, recipe.category, recipe.synset)
    for shape_id in collection:
        if _wanted(collection, shape_id, recipe):
            split = _split(collection, shape_id, recipe)
            for copy in range(1 + (recipe.deform if split == "train" else 0)):
                where = (source, recipe.category, recipe.synset, shape_id)
                yield Task(*where, copy, split, store, recipe.of_shapes)


def _split(collection: Collection, shape_id: str, recipe: BuildRecipe) -> str:
    if collection.source(shape_id) in recipe.validation_sources:
        return "validation"
    return split_of(shape_id if recipe.split_by == "shape" else collection.group(shape_id), recipe.split)


def _wanted(collection: Collection, shape_id: str, recipe: BuildRecipe) -> bool:
    licensed = not recipe.licenses or collection.license(shape_id) in recipe.licenses
    return licensed and collection.source(shape_id) not in recipe.exclude_sources


def symmetric(records: list[Record]) -> bool:
    """Whether usable shapes, deformed copies apart, make up a mirror-symmetric category."""
    usable = [r for r in records if r.verdict == USABLE and r.origin != "deformed"]
    return is_symmetric([record.asymmetry for record in usable if record.asymmetry is not None])


def settle(records: list[Record], recipe: BuildRecipe) -> list[Record]:
    """Decide what only the whole collection can tell: symmetry, kinds, groups, what may validate.

    In a symmetric category the model looks at one half of each mesh, and one that is not its own mirror
    image would tear it: such a mesh is set aside, with its deformed copies.

    A validation shape of a group that is trained on or tested with would flatter or leak: it is set aside.
    So are further meshes of a test group, which would weigh that group more than others. Neither holds where
    shapes are split one by one.

    Raises `UsageError` where a kind is to be held out that no shape is of.
    """
    records = _without_lopsided(records) if symmetric(records) else records
    if recipe.hold_out:
        records = hold_out(records, [parse_kind(kind) for kind in recipe.hold_out])
    if recipe.split_by == "shape":
        return records
    usable = [record for record in records if record.verdict == USABLE]
    taken = {r.group: r.split for r in usable if r.source not in recipe.validation_sources}
    first: dict[str, str] = {}

    def verdict(record: Record) -> str:
        if record.verdict != USABLE:
            return record.verdict
        if (
            record.source in recipe.validation_sources
            and taken.get(record.group, "validation") != "validation"
        ):
            return f"from a validation source, but its group is in {taken[record.group]}"
        if record.split in ("test", HELD_OUT) and first.setdefault(record.group, record.id) != record.id:
            return f"its {record.split} group is represented by {first[record.group]}"
        return USABLE

    return [replace(record, verdict=verdict(record)) for record in records]


def _without_lopsided(records: list[Record]) -> list[Record]:
    """Set aside meshes that are not mirror-symmetric; a deformed copy follows the mesh it was made from."""
    measured = {r.id: r.asymmetry for r in records if r.origin == "mesh" and r.asymmetry is not None}

    def judged(record: Record) -> Record:
        value = measured.get(record.parent or record.id, 0.0)
        if record.verdict != USABLE or value <= MOST:
            return record
        reason = f"not mirror-symmetric ({value:.2f}, at most {MOST:g}), while its category is"
        return replace(record, verdict=reason)

    return [judged(record) for record in records]
