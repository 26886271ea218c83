"""What the server counts, for Prometheus."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from latentmapper.server.spool import Outcome

CONTENT_TYPE = CONTENT_TYPE_LATEST
PREFIX = "latentmapper"
SECONDS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """The counters of one server; several in one process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = self._counter("requests", "Requests answered.", "method", "route", "status")
        self.accepted = self._counter("jobs_accepted", "Jobs taken in.")
        self.worker_restarts = self._counter("worker_restarts", "Times that the worker was started again.")
        self._finished = self._counter("jobs_finished", "Jobs that ended.", "status")
        self._work = self._histogram("job_work_seconds", "From the start of a job to its end.")
        self._total = self._histogram("job_total_seconds", "From accepting a job to its end.")

    def watch(self, name: str, what: str, value: Callable[[], float]) -> None:
        """Add a figure that is asked for when the metrics are."""
        Gauge(f"{PREFIX}_{name}", what, registry=self.registry).set_function(value)

    def finished(self, outcome: Outcome, work: float, total: float) -> None:
        """Count a job that ended.

        Parameters
        ----------
        work, total : seconds since it was begun, and since it was accepted.
        """
        self._finished.labels(outcome.status).inc()
        self._work.observe(work)
        self._total.observe(max(0.0, total))

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self.registry)

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"{PREFIX}_{name}", what, labels, registry=self.registry)

    def _histogram(self, name: str, what: str) -> Histogram:
        return Histogram(f"{PREFIX}_{name}", what, buckets=SECONDS, registry=self.registry)
