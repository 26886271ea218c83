"""A finished pack learns to tell from where a photo was taken: a second branch in the graph of its mapper."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import torch

from latentmapper import files
from latentmapper.errors import PackError, RecipeError
from latentmapper.features.graph import ancestors, load
from latentmapper.make.another_pack import another_pack, require_new
from latentmapper.make.exporting import check_agreement
from latentmapper.make.models.export import export_onnx
from latentmapper.make.models.half import large_matrices, round_to_int8, round_weights, store_small
from latentmapper.make.models.view_reader import ViewReader
from latentmapper.make.training.view_reader import Details, load_view_reader, training_record
from latentmapper.mapper import MAPPER
from latentmapper.pack import Pack
from latentmapper.runtime import Session
from latentmapper.view import NUMBERS

if TYPE_CHECKING:
    from onnx import ModelProto

DESCRIPTOR, VIEW = "descriptor", "view"


def add_view(folder: Path, run: Path, output: Path) -> dict[str, Any]:
    """Write another pack that tells the view besides, and whose codes are the same to the last bit.

    Parameters
    ----------
    folder : the pack.
    run : of `latentmapper train view`, on features such as the pack's mapper reads.
    output : folder of the new pack, empty or not there; it is no pack until all of it is written.

    Returns
    -------
    metadata : of the new pack, which has another hash.

    Raises
    ------
    MissingError : no pack there.
    PackError : it is damaged, or the graph gives other views than its module.
    RecipeError : it reads other descriptors, or the run learned from shapes of another category, or from
        sources under licenses that the pack does not name.
    StoreError : no such run, or one that is not finished or damaged.
    UsageError : something lies in `output`.
    """
    pack = Pack.open(folder)
    require_new(output)
    reader, details = load_view_reader(run)
    _require(pack, run, details)
    told = list(NUMBERS[: details.count])
    training = pack.metadata.get("training", {}) | {"view": training_record(run)}

    def change(made: Path) -> dict[str, Any]:
        _write_graph(pack.folder / MAPPER, reader, made / MAPPER)
        return {"view": told, "training": training}

    return another_pack(pack, output, change)


def _write_graph(mapper: Path, reader: ViewReader, target: Path) -> None:
    """Write a mapper's graph with a branch for the view; raises `PackError` where that tells others."""
    round_weights(reader)
    round_to_int8(large_matrices(reader))
    files.write_bytes(target, with_branch(mapper, _branch(reader)).SerializeToString())
    example = torch.randn(3, reader.tokens * reader.channels, generator=torch.Generator().manual_seed(0))
    (found,) = Session(target).run([VIEW], descriptor=example.numpy())
    check_agreement(found, reader(example), "the view")


def with_branch(mapper: Path, branch: "ModelProto") -> "ModelProto":
    """The graph of a mapper with another one's nodes beside its own, in place of a view that it gave.

    Parameters
    ----------
    branch : `descriptor` to `view`; names within it are changed, so that none meet.

    Raises
    ------
    PackError : the file is no ONNX graph.
    """
    import onnx

    model, ends = load(mapper), [DESCRIPTOR, VIEW]
    _drop(model, VIEW)
    inner = onnx.compose.add_prefix(branch, "view/", rename_inputs=False, rename_outputs=False)
    if [entry.name for entry in inner.graph.input] != ends[:1] or model.graph.input[0].name != DESCRIPTOR:
        raise PackError(f"{mapper.name} reads no {DESCRIPTOR!r}; build the pack anew")
    model.graph.node.extend(inner.graph.node)
    model.graph.initializer.extend(inner.graph.initializer)
    model.graph.output.extend(inner.graph.output)
    return model


def _drop(model: "ModelProto", output: str) -> None:
    """Take an output out of a graph, where it has it, and all that only this one needs."""
    graph: Any = model.graph
    kept = [other for other in graph.output if other.name != output]
    nodes = ancestors(graph, [other.name for other in kept])
    used = {name for node in nodes for name in node.input}
    weights = [weight for weight in graph.initializer if weight.name in used]
    for field, entries in ((graph.output, kept), (graph.node, nodes), (graph.initializer, weights)):
        # Entries live in the graph: they are copied before it is emptied.
        copies = [type(entry).FromString(entry.SerializeToString()) for entry in entries]
        del field[:]
        field.extend(copies)


def _require(pack: Pack, run: Path, details: Details) -> None:
    """Raise `RecipeError` or `PackError` where a run learned from what the pack did not."""
    entry = pack.metadata.get("closer") or pack.metadata[DESCRIPTOR]
    if "encoder" in pack.metadata or pack.reads_two:
        told = "reads what is compressed or joined; train its mapper with --view-weight"
        raise RecipeError(f"pack {pack.id} {told}")
    pack.require_vit(details.vit_sha256)
    length = details.tokens * details.channels
    if (details.kind, length) != (entry["kind"], entry["length"]):
        wanted = f"--kind {entry['kind']}, {entry['length']} numbers long"
        raise RecipeError(f"{run} learned from other features than pack {pack.id} reads ({wanted})")
    if details.category != pack.category:
        raise RecipeError(f"{run} learned from shapes of category {details.category}, not {pack.category}")
    known = {(each["source"], each["license"]) for each in pack.metadata.get("sources", [])}
    learned = [(each.get("source"), each.get("license")) for each in details.sources]
    if other := [each for each in learned if each not in known]:
        told = f"shapes of {other[0][0]} ({other[0][1]}), no source of pack {pack.id}"
        raise RecipeError(f"{run} learned from {told}")


def _branch(reader: ViewReader) -> "ModelProto":
    example = torch.zeros(1, reader.tokens * reader.channels)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "view.onnx"
        export_onnx(reader, example, path, DESCRIPTOR, [VIEW])
        # The mapper's own weights are stored already: rounded again, they would no longer be the same.
        store_small(path)
        return load(path)
