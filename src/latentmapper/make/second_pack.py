"""A finished pack gets a second mapper, which has its say on what known shapes a photo shows."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from latentmapper import files
from latentmapper.errors import RecipeError
from latentmapper.features import efficientnet
from latentmapper.make.another_pack import another_pack, require_new
from latentmapper.make.exporting import check_agreement
from latentmapper.make.kinds import names_of
from latentmapper.make.modelcard import notice
from latentmapper.make.models.export import export_onnx
from latentmapper.make.models.half import large_matrices, round_to_int8, round_weights, store_small
from latentmapper.make.models.second import KnownShapes
from latentmapper.make.pack_recipe import require_name
from latentmapper.make.training.second_run import (
    Details,
    known_places,
    load_second,
    require_closer,
    sha256_of_codes,
    training_record,
)
from latentmapper.pack import Pack
from latentmapper.pack_checks import FACTORS
from latentmapper.pack_folder import FORMAT
from latentmapper.runtime import Session
from latentmapper.second import DESCRIPTOR, ENTRY, GRAPH, LIKELIHOODS


@dataclass(frozen=True)
class SecondUse:
    """How much a pack relies on its second mapper."""

    weight: float = 2.0
    """What the second mapper's log-likelihoods of known shapes are multiplied by. They are calibrated on
    renders at 1; 2 and 0.5 were chosen on photographs, for answers as crisp as with one mapper."""
    sharpness: float = 0.5
    """What the first one's are: below 1, since it is surer of itself than it should be."""
    naming: float = 0.5
    """What those by ImageNet's names for what it sees are, before the weight; 0 leaves names out. They are
    known for cars alone."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on numbers out of range."""
        for name, (least, most) in FACTORS.items():
            if not least <= getattr(self, name) <= most:
                told = f"between {least:g} and {most:g}, not {getattr(self, name):g}"
                raise RecipeError(f"--{name} must lie {told}")


def add_second(
    folder: Path, run: Path, output: Path, use: SecondUse, name: str | None = None
) -> dict[str, Any]:
    """Write another pack that asks a second mapper, in place of one that it asked; return its metadata.

    What was measured on the pack is left out: the new one answers with other shapes.

    Parameters
    ----------
    folder : the pack.
    run : of `latentmapper train second`, for this pack.
    output : folder of the new pack, empty or not there; it is no pack until all of it is written.
    name : id of the new pack; None keeps that of the pack.

    Raises
    ------
    MissingError : no pack there.
    PackError : it is damaged, or the graph gives other likelihoods than its module.
    RecipeError : the name cannot be printed, the pack looks at whole pictures, does not draw codes towards
        known shapes or reads two descriptors already, or the run is damaged or tells apart another pack's
        shapes.
    StoreError : no such run, or one that is not finished or damaged.
    UsageError : something lies in `output`.
    """
    if name is not None:
        require_name(name)
    pack = Pack.open(folder)
    require_new(output)
    shapes, details = load_second(run)
    _require(pack, run, details)
    beside = {
        "kind": details.kind,
        "length": details.tokens * details.channels,
        "sha256": details.network,
        "closer": True,
    }
    changed: dict[str, Any] = {
        "format": FORMAT,
        "id": name or pack.id,
        "beside": beside,
        ENTRY: asdict(use),
        "results": [],
    }
    changed["training"] = pack.metadata.get("training", {}) | {ENTRY: training_record(run)}

    def change(made: Path) -> dict[str, Any]:
        if use.naming:
            shapes.names, shapes.naming = names_of(pack), use.naming
        _write_graph(shapes, made / GRAPH)
        sources = pack.metadata.get("sources", [])
        files.write_text(made / "NOTICE", notice(pack.metadata | changed, sources))
        return changed

    return another_pack(pack, output, change)


def _require(pack: Pack, run: Path, details: Details) -> None:
    """Raise `RecipeError` where a run does not answer for a pack."""
    require_closer(pack)
    if pack.reads_two:
        raise RecipeError(f"pack {pack.id} reads two descriptors already; a second mapper has no place there")
    known_places(pack, 1)  # tells what is missing
    if details.codes != sha256_of_codes(pack):
        raise RecipeError(f"{run} tells apart other shapes than pack {pack.id} knows; train it for this pack")
    if (details.kind, details.network) != (efficientnet.KIND, efficientnet.SHA256):
        raise RecipeError(f"{run} learned from features of another network; make them anew")


def _write_graph(shapes: KnownShapes, target: Path) -> None:
    """Write the graph; raises `PackError` where it gives other likelihoods."""
    round_weights(shapes)
    # Names have few rows, but packs are small.
    names = [] if shapes.names is None else [shapes.names.classify.weight, shapes.names.likeness]
    round_to_int8([*large_matrices(shapes), *names])
    length = shapes.reader.tokens * shapes.reader.channels
    features = torch.rand(3, length, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        truth = shapes(features)
    export_onnx(shapes, features[:1], target, DESCRIPTOR, [LIKELIHOODS])
    store_small(target)
    (found,) = Session(target).run([LIKELIHOODS], **{DESCRIPTOR: features.numpy()})
    scale = max(1.0, float(truth.abs().max()))
    check_agreement(found / scale, truth / scale, "the second mapper")
