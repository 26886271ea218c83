"""Whole kinds of shapes that nothing is trained on, to measure what becomes of the unknown."""

from collections.abc import Sequence
from dataclasses import replace

from latentmapper.errors import RecipeError, StoreError, UsageError
from latentmapper.make.dataset.descriptions.attributes import attributes_of
from latentmapper.make.dataset.split import HELD_OUT
from latentmapper.make.dataset.store import USABLE, Record, Store

Kind = tuple[str, str]
"""Name and value of an attribute of `descriptions.attributes`: ("tail", "T"), ("body", "pickup")."""


def parse_kind(text: str) -> Kind:
    """A kind written as NAME=VALUE. Raises `RecipeError` where it is written otherwise."""
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise RecipeError(f"--hold-out takes kinds such as tail=T or body=pickup, not {text!r}")
    return name, value


def hold_out(records: Sequence[Record], kinds: Sequence[Kind]) -> list[Record]:
    """Move the shapes of these kinds to the split "held-out", out of all others.

    Their near-copies and deformed copies are set aside, and so is what would be trained on or validated
    with and may be of such a kind, since the attribute is not known of it.

    Raises
    ------
    UsageError : no usable shape is of one of the kinds; the message tells which there are.
    """
    named = {record.id: record for record in records}
    attributes = {r.id: attributes_of(r, named.get(r.parent or "")) for r in records if r.verdict == USABLE}
    for kind in kinds:
        _require_some(kind, [found.get(kind[0]) for found in attributes.values()])
    of_kind = {shape for shape, found in attributes.items() if set(found.items()) & set(kinds)}
    groups = {named[shape].group for shape in of_kind}

    def judged(record: Record) -> Record:
        if record.verdict != USABLE:
            return record
        if record.group in groups:
            if record.id in of_kind and record.origin != "deformed":
                return replace(record, split=HELD_OUT)
            return replace(record, verdict="a near-copy of a shape whose kind is held out")
        unknown = next((kind for kind in kinds if kind[0] not in attributes[record.id]), None)
        if unknown and record.split != "test":
            return replace(
                record, verdict=f"its {unknown[0]} is not known, and {'='.join(unknown)} is held out"
            )
        return record

    return [judged(record) for record in records]


def require_held_out(stores: Sequence[Store]) -> None:
    """Raise `StoreError` where a kind that one of the stores holds out is trained on in another."""
    kinds = {
        parse_kind(kind) for store in stores for kind in store.header.get("recipe", {}).get("hold_out", ())
    }
    for store in stores if kinds else ():
        named = {record.id: record for record in (*store.records, *store.set_aside)}
        for record in (*store.split("train"), *store.split("validation")):
            found = set(attributes_of(record, named.get(record.parent or "")).items()) & kinds
            if found:
                kind = "=".join(found.pop())
                raise StoreError(
                    f"{store.path} trains on {record.id}, but another of these stores holds out {kind}:"
                    f" build it with --hold-out {kind} too"
                )


def _require_some(kind: Kind, values: Sequence[str | None]) -> None:
    name, value = kind
    if value not in values:
        known = ", ".join(sorted({found for found in values if found})) or f"no {name} is known of any shape"
        raise UsageError(f"--hold-out {name}={value}: no shape is of this kind; there are: {known}")
