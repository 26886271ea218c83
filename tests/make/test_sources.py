"""What the licenses of shapes ask of a pack that learned from them."""

from typing import Any

import pytest

from latentmapper.errors import RecipeError
from latentmapper.make.sources import require_license, unlike


def under(*licenses: str) -> list[dict[str, Any]]:
    """What a pack learned from: some shapes under each license."""
    return [{"source": "hangar", "license": name, "shapes": 12} for name in licenses]


@pytest.mark.parametrize("spdx", ["CC0-1.0", "Apache-2.0", "BSD-3-Clause"])
def test_shapes_under_the_gpl_ask_for_it(spdx: str) -> None:
    told = (
        f"--license {spdx}: 12 shapes of hangar are GPL-2.0-or-later, so the pack has to be GPL-3.0-or-later"
    )
    with pytest.raises(RecipeError, match=told) as caught:
        require_license(spdx, under("CC0-1.0", "GPL-2.0-or-later"))
    assert caught.value.exit_code == 2
    require_license("GPL-3.0-or-later", under("CC0-1.0", "GPL-2.0-or-later", "BSD-3-Clause"))


def test_what_is_under_the_second_gpl_alone_is_in_no_pack() -> None:
    with pytest.raises(
        RecipeError, match=r"GPL-2\.0-only, which fits no license of a pack; train without them"
    ):
        require_license("GPL-3.0-or-later", under("GPL-2.0-only"))


def test_what_only_people_can_tell_is_named() -> None:
    """A folder of meshes says nothing of their license, and a pack of them stands under CC0 by default."""
    assert unlike("CC0-1.0", under("unknown", "CC0-1.0", "CC-BY-4.0")) == ["CC-BY-4.0", "unknown"]
    assert unlike("Apache-2.0", under("CC0-1.0", "CC-BY-3.0", "BSD-3-Clause")) == []
    assert unlike("GPL-3.0-or-later", under("GPL-2.0-or-later", "CC0-1.0")) == []
    assert unlike("BSD-3-Clause", under("Apache-2.0")) == ["Apache-2.0"]
