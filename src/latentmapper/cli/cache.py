"""`latentmapper cache show|clear`: what the package keeps between runs."""

import json
from dataclasses import dataclass

import tyro

from latentmapper import cache
from latentmapper.cli import text


@dataclass(frozen=True)
class Show:
    """What the user cache holds. LATENTMAPPER_CACHE names another folder."""

    json: bool = False
    """Print JSON instead of lines."""


@dataclass(frozen=True)
class Clear:
    """Empty the user cache of what is made again when it is needed; other files that lie there stay."""


def main(verb: str, argv: list[str]) -> int:
    """Run `cache show` or `cache clear`."""
    if verb == "cache clear":
        tyro.cli(Clear, args=argv, prog=f"latentmapper {verb}")
        print(f"freed {text.size(cache.clear())} in {cache.cache_folder()}")
    else:
        _show(tyro.cli(Show, args=argv, prog=f"latentmapper {verb}"))
    return 0


def _show(config: Show) -> None:
    entries = cache.entries()
    total = sum(entry.size for entry in entries)
    if config.json:
        listed = [{"name": entry.name, "size": entry.size, "modified": entry.modified} for entry in entries]
        print(json.dumps({"folder": str(cache.cache_folder()), "size": total, "entries": listed}, indent=2))
        return
    for entry in entries:
        print(f"{text.size(entry.size):>9}  {entry.name}")
    print(f"{text.size(total):>9}  in {cache.cache_folder()}")
