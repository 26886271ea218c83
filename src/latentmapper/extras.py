"""Optional dependencies: which extra brings which module, and one line for the user who lacks it."""

import importlib
from types import ModuleType

from latentmapper.errors import MissingError

REINSTALL = "pip install --force-reinstall --no-deps latentmapper"
"""What mends files of this package that are missing or damaged."""

# Imported name -> the extra of this package that installs it.
EXTRA_OF = {
    "torch": "train",
    "transformers": "train",
    "tokenizers": "train",
    "igl": "train",
    "sklearn": "train",
    "tensorboard": "train",
    "jinja2": "train",
    "fastapi": "server",
    "uvicorn": "server",
    "python_multipart": "server",
    "prometheus_client": "server",
    "filelock": "server",
    "ray": "scale",
    "fsspec": "scale",
    "s3fs": "scale",
    "pillow_heif": "heic",
    "av": "video",
}


def require(module: str, extra: str | None = None) -> ModuleType:
    """Import an optional module by its dotted name.

    Parameters
    ----------
    extra : the extra that installs it; known for the modules of `EXTRA_OF`.

    Raises
    ------
    MissingError : it is not installed; the message holds the command that installs it.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        missing = missing_extra(error, extra)
        if missing is None:
            raise
        raise missing from None


def missing_extra(error: ModuleNotFoundError, extra: str | None = None) -> MissingError | None:
    """The user's version of an import error, or None where no extra brings the module."""
    name = (error.name or "").partition(".")[0]
    extra = extra or EXTRA_OF.get(name)
    if extra is None:
        return None
    return MissingError(f"{name} is not installed; install it with: {install_command(extra)}")


def install_command(extra: str) -> str:
    """The command that adds an extra to the installed package."""
    return f'pip install "latentmapper[{extra}]"'
