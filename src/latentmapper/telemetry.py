"""This package never phones home, and neither do the libraries below it."""

import os

# ONNX Runtime reads its switch when it is imported: its own API call comes too late to keep it from
# writing a device id, so the variable has to be there before.
SWITCHES = {
    "ORT_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "RAY_USAGE_STATS_ENABLED": "0",
}


def switch_off() -> None:
    """Tell ONNX Runtime, Hugging Face and Ray to report nothing, unless the user has said otherwise."""
    for name, value in SWITCHES.items():
        os.environ.setdefault(name, value)
