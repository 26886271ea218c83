"""Everything that makes one server, put together."""

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import platformdirs

from latentmapper.batch import Options
from latentmapper.errors import UsageError
from latentmapper.photo.category import AUTO
from latentmapper.server.access import Access
from latentmapper.server.desk import Desk
from latentmapper.server.foreman import Foreman, Worker
from latentmapper.server.limits import Limits
from latentmapper.server.metrics import Metrics
from latentmapper.server.spool import SERVER, Spool
from latentmapper.server.studio import Studio
from latentmapper.server.turns import Turns


@dataclass
class Service:
    """The parts that the routes work with."""

    spool: Spool
    access: Access
    limits: Limits
    categories: list[str]
    """What the packs are for."""
    desk: Desk
    foreman: Foreman
    metrics: Metrics
    studio: Studio
    lock: Any
    """Keeps other servers from the spool; the system lets go of it once nobody refers to it."""
    turns: Turns = field(default_factory=Turns)
    """Whose shape is decoded now."""
    reading: threading.Lock = field(default_factory=threading.Lock)
    """Held while a photo is in this process's memory: one is, however many are sent at once."""

    @property
    def choices(self) -> tuple[str, ...]:
        """The values of the option `category`."""
        return (AUTO, *self.categories)

    def checked(self, options: Options) -> Options:
        """The same options; raises `UsageError` where a job with them could only fail."""
        if options.category not in self.choices:
            raise UsageError(f"--category {options.category}: unknown; choose {', '.join(self.choices)}")
        options.require_exportable()
        return options


def spool_folder() -> Path:
    """Where jobs are kept unless the user names another folder: not in the cache, which may be cleared."""
    return platformdirs.user_state_path("latentmapper", appauthor=False) / "jobs"


def open_service(spool: Spool, worker: Worker, studio: Studio, access: Access, limits: Limits) -> Service:
    """Start the worker and take up what the spool holds.

    Raises
    ------
    UsageError : an option makes no sense, or another server uses the spool.
    LatentMapperError : the worker does not start.
    """
    access.require()
    limits.require()
    lock = spool.lock(SERVER, 0)
    try:
        categories = worker.start()
    except BaseException:
        lock.release()
        raise
    metrics, desk = Metrics(), Desk(spool, limits)
    metrics.watch("jobs_waiting", "Jobs that wait.", lambda: desk.waiting)
    metrics.watch("jobs_running", "Jobs at work, 0 or 1.", lambda: desk.running)
    foreman = Foreman(desk, spool, worker, limits, metrics)
    return Service(spool, access, limits, categories, desk, foreman, metrics, studio, lock)
