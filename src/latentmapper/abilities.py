"""What a set of packs and a foreground provider are able to do, asked before the first photo is touched."""

from collections.abc import Mapping

from latentmapper.errors import MissingError, UsageError
from latentmapper.pack import Pack
from latentmapper.photo.category import AUTO
from latentmapper.photo.foreground import ALPHA, NONE, Foreground
from latentmapper.view import no_place, no_view


def require_category(packs: Mapping[str, Pack], category: str) -> None:
    """Raise `UsageError` where no pack is for a category."""
    if category not in (known := (AUTO, *sorted(packs))):
        raise UsageError(f"--category {category}: unknown; choose {', '.join(known)}")


def require_instance(foreground: Foreground, instance: int) -> None:
    """Raise `UsageError` where a provider that knows one object is asked for another."""
    if instance > 1 and not foreground.several:
        one = f"--foreground {foreground.name} knows one object"
        raise UsageError(f"--instance {instance}: {one}; bundled and detr tell several apart")


def require_views(packs: Mapping[str, Pack], foreground: Foreground, category: str) -> None:
    """Raise `MissingError` where none of the packs asked for tells from where photos are taken."""
    asked, whole = _asked(packs, category), foreground.name in (ALPHA, NONE)
    seeing = [pack for pack in asked if pack.tells_view]
    if not seeing:
        raise MissingError(f"--overlay: {no_view(asked[0].id)}")
    if whole and not any(pack.finds for pack in seeing):
        raise MissingError(f"--overlay: {no_place(seeing[0].id)}")


def require_refinable(packs: Mapping[str, Pack], foreground: Foreground, category: str) -> None:
    """Raise where no photo could be refined: `UsageError` without masks, `MissingError` without views."""
    if foreground.name == NONE:
        raise UsageError("--refine: --foreground none leaves no mask to fit; take bundled, file or detr")
    asked = _asked(packs, category)
    if not any(pack.tells_view for pack in asked):
        raise MissingError(f"--refine: {no_view(asked[0].id)}")


def _asked(packs: Mapping[str, Pack], category: str) -> list[Pack]:
    return list(packs.values()) if category == AUTO else [packs[category]]
