"""A finished pack gets a second mapper, whose codes are averaged with those of its own."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from latentmapper import files
from latentmapper.errors import RecipeError
from latentmapper.features import efficientnet
from latentmapper.make.another_pack import another_pack, require_new
from latentmapper.make.exporting import check_agreement
from latentmapper.make.modelcard import notice
from latentmapper.make.models.export import export_onnx
from latentmapper.make.models.half import large_matrices, round_to_int8, round_weights, store_small
from latentmapper.make.models.second import SecondMapper
from latentmapper.make.pack_recipe import require_name
from latentmapper.make.training.second import (
    Details,
    components_of,
    load_second,
    sha256_of_codes,
    training_record,
)
from latentmapper.pack import Pack
from latentmapper.pack_folder import FORMAT
from latentmapper.runtime import Session
from latentmapper.second import CODE, DESCRIPTOR, ENTRY, GRAPH


@dataclass(frozen=True)
class SecondUse:
    """How much a pack relies on its second mapper."""

    share: float = 0.5
    """How much its code counts, 0 to 1; that of the pack's own mapper counts the rest."""
    sharpness: float = 0.5
    """By how much squared distances to known shapes are multiplied: below 1 answers are mixed from more of
    them, since the mean of two codes may lie far from each."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on numbers out of range."""
        if not 0 <= self.share <= 1:
            raise RecipeError(f"--share must lie between 0 and 1, not {self.share:g}")
        if not 1e-3 <= self.sharpness <= 1e3:
            raise RecipeError(f"--sharpness must lie between 0.001 and 1000, not {self.sharpness:g}")


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
    PackError : it is damaged, or the graph gives other codes than its module.
    RecipeError : the name cannot be printed, the pack's mapper reads two descriptors already, or the run
        answers with another pack's codes.
    StoreError : no such run, or one that is not finished or damaged.
    UsageError : something lies in `output`.
    """
    if name is not None:
        require_name(name)
    pack = Pack.open(folder)
    require_new(output)
    mapper, details = load_second(run)
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
    changed["training"] = pack.metadata["training"] | {ENTRY: training_record(run)}

    def change(made: Path) -> dict[str, Any]:
        _write_graph(mapper, made / GRAPH)
        sources = pack.metadata.get("sources", [])
        files.write_text(made / "NOTICE", notice(pack.metadata | changed, sources))
        return changed

    return another_pack(pack, output, change)


def _require(pack: Pack, run: Path, details: Details) -> None:
    """Raise `RecipeError` where a run does not answer for a pack."""
    if "beside" in pack.metadata and ENTRY not in pack.metadata:
        raise RecipeError(f"pack {pack.id} reads two descriptors already; a second mapper has no place there")
    components_of(pack)  # tells what is missing
    if details.codes != sha256_of_codes(pack):
        raise RecipeError(f"{run} answers with other codes than pack {pack.id} knows; train it for this pack")
    if (details.kind, details.network) != (efficientnet.KIND, efficientnet.SHA256):
        raise RecipeError(f"{run} learned from features of another network; make them anew")


def _write_graph(mapper: SecondMapper, target: Path) -> None:
    """Write the graph; raises `PackError` where it gives other codes."""
    round_weights(mapper)
    round_to_int8(large_matrices(mapper))
    features = torch.rand(3, mapper.tokens * mapper.channels, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        truth = mapper(features)
    export_onnx(mapper, features[:1], target, DESCRIPTOR, [CODE])
    store_small(target)
    (found,) = Session(target).run([CODE], **{DESCRIPTOR: features.numpy()})
    check_agreement(found, truth, "the second mapper")
