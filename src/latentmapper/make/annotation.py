"""A pack is built before it can be measured; afterwards its results are written into it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from latentmapper import files
from latentmapper.errors import PackError, UsageError
from latentmapper.make.evaluation.results import read_results
from latentmapper.make.modelcard import model_card
from latentmapper.pack_folder import MODEL_CARD, content_hash, damaged_files, read_metadata

KEPT = ("protocol", "store", "command", "recognised", "rows")
"""What a pack keeps of a results.json; the samples of every single shape stay outside."""


def annotate(folder: Path, results: Sequence[Path]) -> dict[str, Any]:
    """Write results of `latentmapper evaluate` into a pack, in place of those it had; return its metadata.

    Only `pack.json` and the model card change, and the pack's hash does not. Where a run is killed between
    the two, the same call mends the pack.

    Parameters
    ----------
    folder : the pack's folder.
    results : results.json files that were measured on this very pack.

    Raises
    ------
    MissingError : no pack, or no such file.
    PackError : the pack is damaged.
    UsageError : a file holds no results, or those of another pack.
    """
    metadata = read_metadata(folder)
    if bad := damaged_files(folder, _without_card(metadata)):
        raise PackError(f"pack {folder} is damaged: {bad[0]}; get it again, or rebuild it")
    digest = content_hash(metadata)
    metadata["results"] = [_measured_on(metadata["id"], digest, path) for path in results]
    card = model_card(metadata)
    metadata["files"][MODEL_CARD] = files.sha256_of_bytes(card.encode())
    files.write_text(folder / MODEL_CARD, card)
    files.write_json(folder / "pack.json", metadata)
    return metadata


def _without_card(metadata: dict[str, Any]) -> dict[str, Any]:
    """The card is written anew in any case, so its hash need not hold."""
    return {"files": {name: digest for name, digest in metadata["files"].items() if name != MODEL_CARD}}


def _measured_on(pack_id: str, digest: str, path: Path) -> dict[str, Any]:
    """The part of a results.json that a pack keeps, if it is about that pack."""
    report = read_results(path, KEPT, "--results")
    pack = report["pack"]
    if pack["hash"] != digest:
        packs = f"{pack['id']} {pack['hash'][:12]}, not {pack_id} {digest[:12]}"
        raise UsageError(
            f"--results: {path} was measured on another pack ({packs}); run latentmapper evaluate again"
        )
    return {name: report[name] for name in KEPT}
