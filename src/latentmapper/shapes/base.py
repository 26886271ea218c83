"""Base models: what turns a latent code into a field, and the registry a pack picks one from."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import PackError
from latentmapper.runtime import DEFAULT_THREADS, Session
from latentmapper.shapes.dit import DITBase
from latentmapper.shapes.field import Field, TriplaneField


class BaseModel(Protocol):
    """A generative model of shapes, frozen: a latent code in, a signed distance field out."""

    code_size: int

    def field(self, code: NDArray[np.float32]) -> Field:
        """The field of a code (d,)."""
        ...


@runtime_checkable
class TemplateModel(BaseModel, Protocol):
    """A base model that warps every shape of the category onto one template."""

    @property
    def template(self) -> Field:
        """The template: what the coordinates of a `CorrespondingField` lie on."""
        ...


# kind in pack.json -> loader(pack folder, the "base" entry of pack.json, threads), which keeps no file open.
Loader = Callable[[Path, dict[str, Any], int], BaseModel]
_LOADERS: dict[str, Loader] = {}


def register_base(kind: str, loader: Loader) -> None:
    """Make packs whose base model is of this kind loadable."""
    _LOADERS[kind] = loader


def load_base(folder: Path, entry: dict[str, Any], threads: int = DEFAULT_THREADS) -> BaseModel:
    """Load the base model of a pack.

    Raises
    ------
    PackError : a kind that nobody registered, or the model is damaged.
    """
    from safetensors import SafetensorError

    load = loader_of(entry)
    try:
        return load(folder, entry, threads)
    except (OSError, KeyError, TypeError, ValueError, SafetensorError, AttributeError) as error:
        problem = f"its base model cannot be read ({type(error).__name__}: {error})"
        raise PackError(f"pack {folder} is damaged: {problem}; get it again, or rebuild it") from None


def loader_of(entry: dict[str, Any]) -> Loader:
    """What loads base models of the kind that an entry names. Raises `PackError` where it is unknown."""
    kind = entry.get("kind")
    if kind not in _LOADERS:
        raise PackError(f"this pack's base model is of the unknown kind {kind!r}; known: {sorted(_LOADERS)}")
    return _LOADERS[kind]


class TriplaneBase:
    """The triplane auto-decoder: `planes.onnx` (code -> planes) and the weights of a small MLP."""

    def __init__(self, folder: Path, entry: dict[str, Any], threads: int = DEFAULT_THREADS) -> None:
        from safetensors.numpy import load_file

        self.code_size = int(entry["code_size"])
        self._symmetric = bool(entry["symmetric"])
        self._planes = Session(folder / "planes.onnx", threads)
        arrays = load_file(folder / "field.safetensors")
        layers = len(arrays) // 2
        self._weights = [
            (arrays[f"w{i}"].astype(np.float32), arrays[f"b{i}"].astype(np.float32)) for i in range(layers)
        ]

    def field(self, code: NDArray[np.float32]) -> Field:
        """The field of a code (d,)."""
        planes = self._planes.run(["planes"], code=code[None])[0][0]
        return TriplaneField(planes, self._weights, self._symmetric)


register_base("triplane", TriplaneBase)
register_base("dit", DITBase)
