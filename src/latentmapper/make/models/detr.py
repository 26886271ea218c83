"""The foreground provider `detr`: panoptic segmentation (Carion et al., 2020), as in the paper."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from latentmapper.errors import UsageError
from latentmapper.features.vit import MEAN, STD
from latentmapper.make.models.detr_weights import load_detr
from latentmapper.make.models.weights import sha256_of_weights
from latentmapper.photo.foreground import Candidate, Found, Mask, Request, cut_off, pick
from latentmapper.photo.framing import extent, over_grey
from latentmapper.photo.reading import Photo

DEFAULT = "facebook/detr-resnet-50-panoptic"
SHORTEST, LONGEST = 800, 1333
"""Pixels that a picture's sides are brought to, as the published model wants them."""
SURE = 0.5
"""Score from which a query counts as an object."""
OWN = 0.8
"""Share of a query's mask that no other query claims, at least, for it to count."""
LABELS = {"car": ("car", "truck"), "airplane": ("airplane", "aeroplane")}
"""What COCO calls a category; pickups and vans are trucks to it. Others go by their own names."""


class Detr:
    """Objects of COCO's categories, each with its mask.

    Parameters
    ----------
    source : id on the hub, or a folder with `config.json` and weights.
    shortest : pixels of the shorter side of the picture that the model sees.

    Raises
    ------
    MissingError : its files are neither there nor to be fetched; the message names them.
    PackError : they hold something else.
    """

    several = True

    def __init__(self, source: str = DEFAULT, shortest: int = SHORTEST) -> None:
        self._model, self._shortest = load_detr(source), shortest
        self._sha256 = sha256_of_weights(self._model)
        self.name = f"detr:{self._sha256[:12]}"
        self.labels: dict[int, str] = {int(i): name for i, name in self._model.config.id2label.items()}

    def find(self, photo: Photo, request: Request) -> Found:
        """See `Foreground`.

        Raises
        ------
        UsageError : the model knows none of the categories.
        """
        wanted = self._wanted(request.categories)
        rgb = photo.rgb if photo.alpha is None else over_grey(photo.rgb, photo.alpha)
        logits, masks = self._see(rgb)
        objects = [
            (Candidate(self.labels[label], score, float((mask > 0.5).mean()), _box(mask)), mask)
            for label, score, mask in segments(logits, masks, rgb.shape[:2])
            if label in wanted
        ]
        found = pick(objects, request, photo.name, "DETR")
        assert found.mask is not None
        return Found(found.mask, found.candidates, found.instance, (*found.warnings, *cut_off(found.mask)))

    def identity(self, photo: str) -> Any:
        """See `Foreground`."""
        return ["detr", self._sha256, self._shortest]

    def _wanted(self, categories: Sequence[str]) -> set[int]:
        names = {name for each in categories for name in LABELS.get(each, (each,))}
        wanted = {label for label, name in self.labels.items() if name in names}
        if not wanted:
            raise UsageError(f"--foreground detr: this DETR knows no {' or '.join(categories)}")
        return wanted

    @torch.inference_mode()
    def _see(self, rgb: NDArray[np.float32]) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits (queries, labels + 1) and logits of masks (queries, h', w') of a picture (h, w, 3)."""
        scale = min(
            self._shortest / min(rgb.shape[:2]), LONGEST / SHORTEST * self._shortest / max(rgb.shape[:2])
        )
        height, width = (max(1, round(side * scale)) for side in rgb.shape[:2])
        levels = Image.fromarray(np.rint(rgb * 255).astype(np.uint8))
        seen = np.asarray(levels.resize((width, height), Image.Resampling.BILINEAR), np.float32) / 255
        pixels = torch.from_numpy((seen - MEAN) / STD).permute(2, 0, 1)[None]
        made = self._model(pixel_values=pixels)
        return made.logits[0].float(), made.pred_masks[0].float()


def segments(
    logits: torch.Tensor, masks: torch.Tensor, size: tuple[int, ...]
) -> list[tuple[int, float, Mask]]:
    """What the queries of a DETR found: label, score and soft mask (h, w) of each.

    Every pixel belongs to the query that claims it most, by mask times score, as in DETR's panoptic merging
    (section 4.4 of its paper); a mask stays soft where it fades out, and ends where another's begins.

    Parameters
    ----------
    logits : (queries, labels + 1), the last of which stands for nothing.
    masks : (queries, h', w') logits.
    size : height and width of the picture.
    """
    scores, labels = logits.softmax(-1)[:, :-1].max(-1)
    nothing = logits.argmax(-1) == logits.shape[-1] - 1
    kept = (scores > SURE) & ~nothing
    if not kept.any():
        return []
    chance = masks[kept].sigmoid()[None]
    chance = torch.nn.functional.interpolate(chance, size[:2], mode="bilinear", align_corners=False)[0]
    claims = chance * scores[kept][:, None, None]
    share = claims / claims.sum(0).clamp_min(1e-9)
    owner = claims.argmax(0)
    found = []
    for number, (label, score) in enumerate(zip(labels[kept], scores[kept], strict=True)):
        on = chance[number] > 0.5
        own = on & (owner == number)
        if own.any() and own.sum() > OWN * on.sum():
            soft = torch.minimum(chance[number], share[number])
            found.append((int(label), float(score), soft.numpy()))
    return found


def _box(mask: Mask) -> tuple[float, float, float, float]:
    """Top, left, bottom and right of a mask, in heights and widths of the picture."""
    height, width = mask.shape
    top, left, bottom, right = extent(mask > 0.5) or (0, 0, 0, 0)
    return top / height, left / width, bottom / height, right / width
