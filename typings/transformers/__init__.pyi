"""All of transformers, unchecked: its lazy imports take pyright 20 s to follow."""

from typing import Any

def __getattr__(name: str) -> Any: ...
