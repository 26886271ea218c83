"""The user cache: what is made once from installed files and can always be made again."""

import os
import tempfile
from functools import cache
from pathlib import Path

VARIABLE = "LATENTMAPPER_CACHE"


@cache
def _default_folder() -> Path:
    from platformdirs import user_cache_path

    folder = user_cache_path("latentmapper", appauthor=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    # A read-only home (containers, kiosks) still gets a cache for as long as the process lives.
    return Path(tempfile.mkdtemp(prefix="latentmapper-"))


def cache_folder() -> Path:
    """The cache folder: `$LATENTMAPPER_CACHE`, else the platform's place for caches; it exists."""
    if chosen := os.environ.get(VARIABLE):
        folder = Path(chosen)
        folder.mkdir(parents=True, exist_ok=True)
        return folder
    return _default_folder()
