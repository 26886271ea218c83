"""What the processor is taken to be able to do."""

from pathlib import Path

import numpy as np
import pytest

from latentmapper import processor


def test_features_are_known_names() -> None:
    assert set(processor.features()) <= set(processor.FEATURES)
    assert np.lib.NumpyVersion(np.__version__) < "1.26.0" or processor.features()


@pytest.mark.parametrize(
    ("features", "cpuinfo", "fast"),
    [
        (["AVX2", "AVX512VNNI"], "", True),
        (["NEON", "ASIMDDP"], "", True),
        (["AVX2", "FMA3"], "flags\t\t: fpu avx2 avx_vnni\n", True),
        (["AVX2", "FMA3"], "flags\t\t: fpu avx2 fma\n", False),
        (["AVX2"], None, False),
    ],
)
def test_int8_is_fast_where_there_are_dot_products(
    features: list[str], cpuinfo: str | None, fast: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "cpuinfo"
    if cpuinfo is not None:
        told.write_text(cpuinfo)
    monkeypatch.setattr(processor, "features", lambda: features)
    monkeypatch.setattr(processor, "CPUINFO", told)
    assert processor.multiplies_int8() is fast
