"""`latentmapper packs list|show|verify`: the packs at hand, from their metadata alone."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import tyro
from tyro.conf import Positional, arg

from latentmapper.cli import text
from latentmapper.errors import LatentMapperError, PackError, UsageError
from latentmapper.features.preparation import preprocessing_problem
from latentmapper.measurements import HEAD, cells
from latentmapper.pack_folder import bundled_packs, damaged_files, read_metadata


@dataclass(frozen=True)
class List:
    """The packs that ship with this installation."""

    json: bool = False
    """Print JSON instead of lines."""


@dataclass(frozen=True)
class Show:
    """What one pack is, how it was made and under which license it stands."""

    pack: Positional[Annotated[str, arg(metavar="PACK")]]
    """Folder of a pack, or the id or category of one that ships with this installation."""
    json: bool = False
    """Print the whole pack.json instead of lines."""


@dataclass(frozen=True)
class Verify:
    """Check every file of packs against its recorded SHA-256, and that this version prepares pictures as the
    pack expects; exit code 3 if any is damaged or expects others."""

    packs: Positional[Annotated[tuple[str, ...], arg(metavar="[PACK ...]")]] = ()
    """Folders, ids or categories; all packs of this installation if none is named."""


def main(verb: str, argv: list[str]) -> int:
    """Run `packs list`, `packs show` or `packs verify`."""
    if verb == "packs list":
        return _list(tyro.cli(List, args=argv, prog=f"latentmapper {verb}"))
    if verb == "packs show":
        return _show(tyro.cli(Show, args=argv, prog=f"latentmapper {verb}"))
    return _verify(tyro.cli(Verify, args=argv, prog=f"latentmapper {verb}"))


def find_pack(name: str) -> Path:
    """The folder of a pack.

    Parameters
    ----------
    name : a folder that holds pack.json, or the id or category of a bundled pack.

    Raises
    ------
    UsageError : neither; the message lists what there is.
    """
    if (Path(name) / "pack.json").is_file():
        return Path(name)
    known = {folder: read_metadata(folder) for folder in bundled_packs()}
    for key in ("id", "category"):
        for folder, metadata in known.items():
            if metadata[key] == name:
                return folder
    names = ", ".join(metadata["id"] for metadata in known.values()) or "none"
    raise UsageError(f"no pack {name!r}: not a folder with a pack.json, nor among those installed ({names})")


def _list(config: List) -> int:
    rows = [_summary(folder, read_metadata(folder)) for folder in bundled_packs()]
    if config.json:
        print(json.dumps(rows, indent=2))
        return 0
    for row in rows:
        print(f"{row['id']:<24} {row['category']:<12} {text.size(row['size']):>7}  {row['license']}")
    if not rows:
        print("no packs are installed")
    return 0


def _summary(folder: Path, metadata: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": metadata["id"],
        "category": metadata["category"],
        "license": metadata["license"]["spdx"],
        "shapes": len(metadata["shapes"]),
        "size": sum(path.stat().st_size for path in folder.iterdir() if path.is_file()),
        "folder": str(folder),
    }


def _show(config: Show) -> int:
    folder = find_pack(config.pack)
    metadata = read_metadata(folder)
    if config.json:
        print(json.dumps(metadata, indent=2))
        return 0
    try:
        lines = _told(folder, metadata)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        problem = f"results or sliders in pack.json are incomplete ({type(error).__name__}: {error})"
        raise PackError(f"pack {folder} is damaged: {problem}") from None
    for line in lines:
        print(text.printable(line))
    return 0


def _told(folder: Path, metadata: dict[str, Any]) -> list[str]:
    """A pack's metadata for people, line by line."""
    summary = _summary(folder, metadata) | {"format": metadata["format"]}
    lines = [f"{name:<12} {text.size(value) if name == 'size' else value}" for name, value in summary.items()]
    looks = [name for name in ("closer", "beside", "second") if name in metadata]
    for section in ("base", "vit", "descriptor", *looks, "training", "license"):
        lines += ["", section]
        lines += [f"  {name}: {value}" for name, value in _flat(metadata.get(section, {}))]
    for measurement in metadata.get("results") or []:
        lines += _results(measurement)
    if rows := (metadata.get("directions") or {}).get("sliders"):
        lines += ["", "sliders, for latentmapper edit --move"]
        lines += [f"  {row['name']}: {row['less']} to {row['more']}" for row in rows]
    return lines


def _results(measurement: dict[str, Any]) -> list[str]:
    """Where a measurement came from, and its rows in columns."""
    split = measurement["store"]["split"]
    head = f"results, protocol {measurement['protocol']['id']}, split {split}"
    rows = [HEAD, *cells(measurement)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    told = ["  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return ["", head, f"  {measurement['command']}", *told]


def _flat(value: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """Nested dictionaries as dotted names; long lists as their length."""
    rows: list[tuple[str, Any]] = []
    for name, inner in value.items():
        if isinstance(inner, dict):
            rows += _flat(inner, f"{prefix}{name}.")
        elif isinstance(inner, list) and len(inner) > 12:
            rows.append((prefix + name, f"{len(inner)} entries"))
        else:
            rows.append((prefix + name, inner))
    return rows


def _verify(config: Verify) -> int:
    folders = [find_pack(name) for name in config.packs] or bundled_packs()
    sound = [_is_sound(folder) for folder in folders]
    if not folders:
        print("no packs are installed")
    return 0 if folders and all(sound) else 3


def _is_sound(folder: Path) -> bool:
    """Say what is wrong with a pack, or that nothing is."""
    metadata, unlike = {"id": folder.name, "files": {}}, None
    try:
        metadata = read_metadata(folder)
        problems, unlike = damaged_files(folder, metadata), preprocessing_problem(metadata["vit"])
    except LatentMapperError as error:
        problems = [str(error)]
    state = "damaged" if problems else f"{len(metadata['files'])} files are sound"
    print(f"{metadata['id']}: {state}{', but it is of no use here' if unlike else ''} ({folder})")
    for problem in [*problems, *([f"it {unlike}"] if unlike else [])]:
        print(f"  {problem}")
    return not problems and unlike is None
