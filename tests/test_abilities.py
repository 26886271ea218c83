"""What packs and providers cannot do is said before the first photo."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from latentmapper.abilities import require_category, require_instance, require_refinable, require_views
from latentmapper.errors import MissingError, UsageError
from latentmapper.pack import Pack
from latentmapper.photo.category import AUTO
from latentmapper.photo.foreground import Alpha, Nothing

from .tiny_pack import write_tiny_pack


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Pack]:
    root: Path = tmp_path_factory.mktemp("packs")
    return {"car": Pack.open(write_tiny_pack(root / "car"), threads=1)}


def test_an_unknown_category(packs: Mapping[str, Pack]) -> None:
    require_category(packs, AUTO)
    require_category(packs, "car")
    with pytest.raises(UsageError, match="--category boat: unknown; choose auto, car"):
        require_category(packs, "boat")


def test_a_second_object_of_a_provider_that_knows_one() -> None:
    require_instance(Alpha(), 1)
    with pytest.raises(UsageError, match="--instance 2: --foreground alpha knows one object"):
        require_instance(Alpha(), 2)


def test_packs_without_views(packs: Mapping[str, Pack]) -> None:
    for category in (AUTO, "car"):
        with pytest.raises(MissingError, match="--overlay: pack tiny-car"):
            require_views(packs, Alpha(), category)
        with pytest.raises(MissingError, match="--refine: pack tiny-car"):
            require_refinable(packs, Alpha(), category)


def test_nothing_to_refine_by_without_a_mask(packs: Mapping[str, Pack]) -> None:
    with pytest.raises(UsageError, match="--foreground none leaves no mask"):
        require_refinable(packs, Nothing(), AUTO)
