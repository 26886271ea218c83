"""Choosing a foreground provider by name."""

from collections.abc import Sequence
from pathlib import Path

from latentmapper.errors import UsageError
from latentmapper.extras import require
from latentmapper.photo.foreground import Alpha, Foreground, Nothing

PROVIDERS = ("alpha", "bundled", "none", "file", "detr[:HUB ID or FOLDER]")


def provider(spec: str, masks: Sequence[Path], photos: Sequence[str]) -> Foreground:
    """The provider that `--foreground` and `--mask` name.

    Parameters
    ----------
    spec : one of `PROVIDERS`.
    masks : files of masks, for "file".
    photos : names of the photos, in the order of their masks.

    Raises
    ------
    UsageError : an unknown name, or masks that do not fit it.
    MissingError : the extra or the files that it needs are not there; the message names them.
    PackError : the files hold something else.
    """
    kind, _, place = spec.partition(":")
    if kind not in ("alpha", "bundled", "none", "file", "detr") or (place and kind != "detr"):
        raise UsageError(f"--foreground {spec}: unknown; choose {', '.join(PROVIDERS)}")
    if masks and kind != "file":
        raise UsageError(f"--mask is for --foreground file, not {kind}")
    if kind == "file":
        return _file_masks(masks, photos)
    if kind == "bundled":
        from latentmapper.photo.located import Located

        return Located()
    if kind == "detr":
        require("torch", extra="train")
        from latentmapper.make.models.detr import DEFAULT, Detr

        return Detr(place or DEFAULT)
    return Alpha() if kind == "alpha" else Nothing()


def _file_masks(masks: Sequence[Path], photos: Sequence[str]) -> Foreground:
    from latentmapper.photo.mask_file import FileMasks

    if not masks:
        raise UsageError("--foreground file needs --mask FILE, one for each photo")
    if len(masks) != len(photos):
        counts = f"{len(masks)} {'mask' if len(masks) == 1 else 'masks'} for {len(photos)}"
        raise UsageError(f"--mask: {counts} {'photo' if len(photos) == 1 else 'photos'}; give one for each")
    return FileMasks(dict(zip(photos, masks, strict=True)))
