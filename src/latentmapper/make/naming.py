"""What to call the known shapes of a pack before people: kind, collection, and what tells like ones apart."""

import re
from pathlib import Path

from latentmapper import files
from latentmapper.errors import PackError
from latentmapper.make.dataset.descriptions import phrases
from latentmapper.make.editing.labels import PARAMETRIC, attributes_of, original_of
from latentmapper.make.sources import SOURCES
from latentmapper.pack_folder import NAMES, damaged_files, read_metadata


def spoken_name(category: str, shape: str) -> str:
    """ "Airbus A300 (YSFLIGHT)" for "ysflight__a300", "Sedan, parametric no. 1-00412" for
    "parametric-car__1-00412"; the last part of the id where no table knows the shape.

    Parameters
    ----------
    shape : id of a shape; its deformed copies end in "~" and a number.
    """
    original, copy = original_of(shape)
    attributes = attributes_of(category, shape)
    kind = phrases.noun({"category": category, **attributes})
    if found := PARAMETRIC.match(original):
        return f"{_capital(kind)}, parametric no. {found[2]}-{found[3]}"
    name = attributes.get("name") or (kind if attributes else _readable(original))
    source = SOURCES.get(original.partition("__")[0])
    told = [source.title.partition(",")[0]] if source else []
    told += [f"deformed, no. {copy}"] if copy else []
    return _capital(name) + (f" ({', '.join(told)})" if told else "")


def add_names(folder: Path) -> list[str]:
    """Write what its known shapes are called into a pack, in place of what it had; the pack's hash stays.

    Where a run is killed between the two files that change, the same call mends the pack.

    Raises
    ------
    MissingError : no pack there.
    PackError : it is damaged.
    """
    metadata = read_metadata(folder)
    sound = {name: digest for name, digest in metadata["files"].items() if name != NAMES}
    if bad := damaged_files(folder, {"files": sound}):
        raise PackError(f"pack {folder} is damaged: {bad[0]}; get it again, or rebuild it")
    names = [spoken_name(metadata["category"], shape) for shape in metadata["shapes"]]
    files.write_json(folder / NAMES, names)
    metadata["files"][NAMES] = files.sha256_of_file(folder / NAMES)
    files.write_json(folder / "pack.json", metadata)
    return names


def _readable(shape: str) -> str:
    """The last part of an id as words: "pa 28" of "flightgear__pa-28"."""
    return re.sub(r"[-_\s]+", " ", shape.rpartition("__")[2].removeprefix("glTF2_")).strip() or shape


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
