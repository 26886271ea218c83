"""Many photos at once: what to read, where to write, what is done already."""

from latentmapper.batch.inputs import Input, expand
from latentmapper.batch.journal import Journal
from latentmapper.batch.making import Options, failure, make
from latentmapper.batch.naming import Job, Target, assign
from latentmapper.batch.running import Batch, Outcome

__all__ = [
    "Batch",
    "Input",
    "Job",
    "Journal",
    "Options",
    "Outcome",
    "Target",
    "assign",
    "expand",
    "failure",
    "make",
]
