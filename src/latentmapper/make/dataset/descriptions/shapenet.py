"""ShapeNet's metadata: what its models are called, and which WordNet words they were filed under.

ShapeNetCore v1 trees hold a file `SYNSET.csv` beside each synset's folder, and the same table can be
downloaded from ShapeNet's site as `metadata.csv`; two of its columns are fullId ("3dw.MODEL") and wnlemmas.
"""

import csv
from pathlib import Path

from latentmapper.errors import StoreError
from latentmapper.make.dataset.descriptions.attributes import Attributes

COLUMNS = ("fullId", "wnlemmas")
# A WordNet lemma -> what it says of an airplane or a car.
MEANING: dict[str, Attributes] = {
    "airliner": {"noun": "airliner", "family": "airliner"},
    "jet": {"propulsion": "jet"},
    "fighter": {"noun": "fighter"},
    "bomber": {"noun": "bomber", "family": "bomber"},
    "propeller plane": {"noun": "propeller airplane", "propulsion": "propeller"},
    "seaplane": {"noun": "seaplane"},
    "biplane": {"noun": "biplane", "family": "biplane", "wings": "biplane"},
    "delta wing": {"planform": "delta"},
    "swept wing": {"planform": "swept"},
    "straight wing": {"planform": "straight"},
    "sedan": {"body": "sedan"},
    "hatchback": {"body": "hatchback"},
    "coupe": {"body": "coupe"},
    "convertible": {"body": "convertible"},
    "beach wagon": {"body": "wagon"},
    "sport utility": {"body": "suv"},
    "minivan": {"body": "minivan"},
    "pickup": {"body": "pickup"},
    "cab": {"kind": "taxi"},
    "cruiser": {"kind": "police car"},
    "ambulance": {"kind": "ambulance"},
    "racer": {"kind": "racing car"},
    "sports car": {"kind": "sports car"},
}


def metadata_files(tree: Path, synset: str) -> list[Path]:
    """The metadata at hand for a synset ("02691156") of a tree, the most specific first."""
    names = (f"{synset}.csv", f"{synset}/metadata.csv", "metadata.csv")
    return [tree / name for name in names if (tree / name).is_file()]


def read_metadata(path: Path) -> dict[str, Attributes]:
    """Attributes of the models of a metadata file, by model id.

    Raises
    ------
    StoreError : the file lacks one of the columns, or is no text.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file, restval="")
        try:
            if missing := [name for name in COLUMNS if name not in (rows.fieldnames or ())]:
                raise StoreError(f"{path} is not ShapeNet's metadata: it has no column {missing[0]}")
            return {row["fullId"].rpartition(".")[2]: _attributes(row["wnlemmas"]) for row in rows}
        except (ValueError, csv.Error) as error:
            raise StoreError(f"{path} cannot be read ({error})") from error


def _attributes(lemmas: str) -> Attributes:
    """What the WordNet words of a model say; the names that people gave their models say too little."""
    found: Attributes = {}
    for lemma in lemmas.replace("_", " ").split(","):
        found |= MEANING.get(lemma.strip(), {})
    return found
