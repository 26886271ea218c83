"""The OpenAPI document, and whether the server keeps to it whatever it is asked."""

from pathlib import Path

import schemathesis
from hypothesis import strategies as st
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events

from latentmapper.server.access import Access
from latentmapper.server.schema import PHOTO_TYPES

from ..photo.pictures import encoded, quarters
from .conftest import JOBS, Running

TOKEN = "correct horse battery"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
# A schema can say that a file is a picture, not what a picture is.
schemathesis.openapi.media_type(
    PHOTO_TYPES[0],
    st.builds(lambda w, h: encoded(quarters(w, h)), st.integers(32, 99), st.integers(32, 99)),
    aliases=PHOTO_TYPES[1:],
)
SETTINGS = {
    "seed": 1,
    "continue-on-failure": True,
    "headers": HEADERS,
    "generation": {"max-examples": 20, "database": "none"},
    "phases": {"stateful": {"generation": {"max-examples": 3}}},
}


def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    """What `schemathesis run` does: examples, edges of every parameter, random requests, chains of them."""
    server = Running(tmp_path, Access(token=TOKEN, names=("testserver",)), queue=10_000)
    schema = schemathesis.openapi.from_asgi(
        "/openapi.json", server.app, headers=HEADERS, config=SchemathesisConfig.from_dict(SETTINGS)
    )
    phases, found = set(), []
    for event in engine.from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            phases.add(event.phase.name)
            checks = [check for each in event.recorder.checks.values() for check in each]
            found += [(event.label, check.name, check.failure_info) for check in checks if check.failure_info]
        elif isinstance(event, events.NonFatalError | events.FatalError):
            found.append((type(event).__name__, "", event))
    assert found == []
    assert {"COVERAGE", "FUZZING", "STATEFUL_TESTING"} <= phases
    accepted = server.service.metrics.registry.get_sample_value("latentmapper_jobs_accepted_total")
    assert accepted is not None and accepted > 10, "what it took for pictures was none"


def test_the_document_tells_what_this_server_knows(running: Running) -> None:
    document = running.client.get("/openapi.json").json()
    form = document["components"]["schemas"]["Submission"]
    assert form["properties"]["category"]["enum"] == ["auto", "airplane", "car"]
    resolution, faces = form["properties"]["resolution"], form["properties"]["faces"]
    assert (resolution["minimum"], resolution["maximum"], faces["minimum"]) == (64, 256, 100)
    assert form["additionalProperties"] is False and form["required"] == ["photo"]
    assert "securitySchemes" not in document["components"]
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert " ".join(names) == "create find delete result mask healthz metrics packs shape path"


def test_other_methods_are_told_those_of_the_path(running: Running) -> None:
    answer = running.client.put(f"{JOBS}/0")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "DELETE, GET")
    assert answer.json() == {"detail": "PUT is not for this path; use DELETE or GET"}


def test_pages_that_load_scripts_from_elsewhere_are_off(running: Running) -> None:
    assert [running.client.get(path).status_code for path in ("/docs", "/redoc")] == [404, 404]
