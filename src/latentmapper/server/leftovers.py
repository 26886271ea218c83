"""What servers in temporary folders left behind when they were killed."""

import os
import shutil
import tempfile
from pathlib import Path

from latentmapper.errors import UsageError
from latentmapper.server.spool import SERVER, Spool


def remove_leftovers(prefix: str) -> None:
    """Remove the temporary folders of servers that are gone: photos are private.

    A folder goes if it is this user's, and holds the lock of a server that no server holds any more.

    Parameters
    ----------
    prefix : what the names of such folders begin with.
    """
    for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        if _is_own(folder) and _is_left(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_own(folder: Path) -> bool:
    """Whether it is a folder of this user; on systems without users' numbers all temporary ones are."""
    try:
        status = folder.lstat()
    except OSError:  # another process was quicker
        return False
    return folder.is_dir() and not folder.is_symlink() and status.st_uid == getattr(os, "getuid", int)()


def _is_left(folder: Path) -> bool:
    """Whether a server has begun here and ended."""
    if not (folder / f"{SERVER}.lock").is_file():
        return False  # one that is about to begin has not taken it yet
    try:
        Spool(folder).lock(SERVER, 0).release()
    except (UsageError, OSError):
        return False
    return True
