"""Where the tasks of long runs are done: in this process, on processes beside it, or on a Ray cluster."""

from latentmapper.executors.base import Executor
from latentmapper.executors.cluster import RayExecutor
from latentmapper.executors.local import ALONE, CORES, LocalExecutor

__all__ = ["ALONE", "CORES", "Executor", "LocalExecutor", "RayExecutor"]
