"""Translation in the chain from photo to mesh: where it acts and where not, with an analytic pack."""

from pathlib import Path

import numpy as np
import pytest
from PIL import ImageOps

from latentmapper.photo.translation import Translator
from latentmapper.reconstructor import Reconstructor

from .photo.pictures import quarters
from .tiny_pack import write_tiny_pack
from .tiny_translator import write_tiny_translator


@pytest.fixture(scope="module")
def translated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Reconstructor, Reconstructor]:
    """One that looks at negatives of photos, and one that does not."""
    root: Path = tmp_path_factory.mktemp("translated")
    pack = write_tiny_pack(root / "car")
    translator = Translator(write_tiny_translator(root / "negative", side=224), threads=1)
    return Reconstructor([pack], threads=1, translator=translator), Reconstructor([pack], threads=1)


def test_the_code_is_that_of_the_translation(translated: tuple[Reconstructor, Reconstructor]) -> None:
    negating, plain = translated
    photo = quarters(224, 224)
    made = negating.reconstruct(photo, resolution=64)
    same = plain.reconstruct(ImageOps.invert(photo), resolution=64)
    np.testing.assert_allclose(made.code, same.code, atol=2e-3)
    other = plain.reconstruct(photo, resolution=64)
    assert np.abs(made.code - other.code).max() > 10 * np.abs(made.code - same.code).max()
    # What the photo shows is judged of the photo itself.
    assert made.confidence == other.confidence


def test_the_translator_is_told_where_there_is_one(translated: tuple[Reconstructor, Reconstructor]) -> None:
    negating, plain = translated
    photo = quarters()
    made, other = (each.reconstruct(photo, resolution=64) for each in (negating, plain))
    assert negating.translator is not None
    assert (
        made.provenance["translator_sha256"]
        == negating.translator.sha256
        == made.record()["translator_sha256"]
    )
    assert "translator_sha256" not in other.provenance | other.record()
    stages = list(made.timings)
    assert stages.index("describe") < stages.index("translate") < stages.index("look")
