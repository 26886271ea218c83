"""What this machine's processor has instructions for, and how much of it this process may use."""

import os
from pathlib import Path

# What makes int8 and fp32 products faster, by NumPy's names for it.
FEATURES = ("AVX2", "FMA3", "AVX512F", "AVX512VNNI", "AVX512BF16", "NEON", "ASIMDDP")
INT8 = ("AVX512VNNI", "ASIMDDP")
CPUINFO = Path("/proc/cpuinfo")


def available_cores() -> int:
    """Cores that this process may use: `taskset`, Slurm and containers leave some of them to others."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def features() -> list[str]:
    """Those of `FEATURES` that this processor has, as far as NumPy can tell."""
    try:
        from numpy._core._multiarray_umath import __cpu_features__ as found  # what numpy.show_runtime prints
    except ImportError:
        return []
    return [name for name in FEATURES if found.get(name)]


def multiplies_int8() -> bool:
    """Whether it adds up products of int8 in one step; without, int8 saves little time and is less exact."""
    return not set(INT8).isdisjoint(features()) or _has_avx_vnni()


def _has_avx_vnni() -> bool:
    """Whether Linux tells of AVX-VNNI, which NumPy does not know: laptops have it and lack AVX-512."""
    try:
        return "avx_vnni" in CPUINFO.read_text(encoding="ascii", errors="replace").split()
    except OSError:
        return False
