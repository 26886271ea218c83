"""What the worker does: before the first job, and for each."""

import time
from contextlib import suppress

import numpy as np

from latentmapper.batch import failure, make
from latentmapper.errors import MeshError
from latentmapper.files import sha256_of_bytes
from latentmapper.photo.foreground import ALPHA, NONE, Alpha, Nothing
from latentmapper.photo.located import Located
from latentmapper.photo.mask_file import SentMask
from latentmapper.ranges import RESOLUTIONS
from latentmapper.reconstructor import Reconstructor
from latentmapper.server.spool import Outcome, Spool, unmade

PROVIDERS = {ALPHA: Alpha, NONE: Nothing, Located.name: Located}


def warm_up(reconstructor: Reconstructor) -> None:
    """Load everything now: what is missing shows at once, and the first photo takes no longer than others.

    Raises
    ------
    MissingError, PackError : as `Eyes.exact`.
    """
    grey = np.full((64, 64, 3), 128, np.uint8)
    for category in reconstructor.packs:
        with suppress(MeshError):  # the shape of a grey square is nobody's loss
            reconstructor.reconstruct(grey, category, RESOLUTIONS[0], force=True)


def work(spool: Spool, job_id: str, reconstructor: Reconstructor) -> None:
    """Reconstruct a job's photo and keep the outcome in the spool; nothing to do where there is one.

    A photo that cannot be reconstructed is an outcome too. A job that was deleted meanwhile has none.

    Raises
    ------
    OutputError : the outcome cannot be written.
    """
    if spool.outcome(job_id) is not None:
        return
    with suppress(FileNotFoundError):
        job, photo, mask = spool.job(job_id), spool.photo(job_id), spool.mask(job_id)
        reconstructor.foreground = PROVIDERS[job.options.foreground]() if mask is None else SentMask(mask)
        try:
            (mesh, *found), result = make(reconstructor, job.options, photo, job.name)
        except Exception as error:  # whatever is wrong with one photo must not cost the others
            spool.finish(job_id, unmade(*failure(error, job.name)))
        else:
            made = Outcome("made", time.time(), None, result, len(mesh), sha256_of_bytes(mesh))
            spool.finish(job_id, made, mesh, *found)
