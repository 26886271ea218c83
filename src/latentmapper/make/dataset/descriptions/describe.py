"""Describing the shapes of a store; `descriptions.jsonl` beside them keeps what was said."""

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from latentmapper.errors import StoreError
from latentmapper.files import write_text
from latentmapper.make.dataset.descriptions.attributes import Attributes, attributes_of
from latentmapper.make.dataset.descriptions.checks import contradictions
from latentmapper.make.dataset.descriptions.measures import proportions
from latentmapper.make.dataset.descriptions.sentences import sentences
from latentmapper.make.dataset.records import parse_record
from latentmapper.make.dataset.store import Record, Store
from latentmapper.places import Place

logger = logging.getLogger(__name__)
NAME = "descriptions.jsonl"


@dataclass(frozen=True)
class Description:
    """What is said of one shape, as a line of the file."""

    id: str
    """Of the shape."""
    sentences: list[str]
    """Each of them true by itself; the plainest first."""
    attributes: Attributes
    """What they were made from, as `attributes.py` names it."""
    rejected: dict[str, str] = field(default_factory=dict)
    """Attributes that the mesh does not bear out, with the reason; no sentence holds them."""


def describe_store(store: Store, more: Mapping[str, Attributes] | None = None) -> list[Description]:
    """Descriptions of all usable shapes of a store, deformed copies included.

    Parameters
    ----------
    more : attributes by shape id from elsewhere, such as ShapeNet's metadata; they go before the tables'.
    """
    known = {record.id: record for record in (*store.records, *store.set_aside)}
    return [_describe(store, record, known.get(record.parent or ""), more or {}) for record in store.records]


def _describe(
    store: Store, record: Record, parent: Record | None, more: Mapping[str, Attributes]
) -> Description:
    data = store.load(record)
    attributes = attributes_of(record, parent) | more.get((parent or record).id, {})
    rejected: dict[str, str] = {}
    if (parent or record).origin != "parametric":  # the labels of these are how they were built
        rejected = contradictions(attributes, data.surface_points)
        for name, reason in rejected.items():
            logger.info("%s: %s left out: %s", record.id, name, reason)
    attributes = {name: value for name, value in attributes.items() if name not in rejected}
    return Description(record.id, sentences(attributes, proportions(data.vertices)), attributes, rejected)


def write_descriptions(path: Place, described: list[Description]) -> None:
    """Write descriptions beside the shapes of the store at `path`, atomically."""
    write_text(path / NAME, "".join(json.dumps(asdict(one)) + "\n" for one in described))


def read_descriptions(path: Place) -> dict[str, Description]:
    """The descriptions of the store at `path`, by shape id.

    Raises
    ------
    StoreError : the store has none, or they cannot be read.
    """
    try:
        lines = (path / NAME).read_text(encoding="utf-8").splitlines()
        return {one.id: one for one in (parse_record(Description, line) for line in lines)}
    except FileNotFoundError:
        raise StoreError(
            f"{path} has no descriptions; make them with: latentmapper data describe {path}"
        ) from None
    except (OSError, ValueError, TypeError) as error:
        raise StoreError(f"{path / NAME} cannot be read ({error})") from error
