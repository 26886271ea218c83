"""The routes."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import PurePath
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, FastAPI, File, HTTPException, Query, Request, Response
from starlette.types import ASGIApp

from latentmapper.errors import PhotoError, UsageError
from latentmapper.photo.encoded import check_header
from latentmapper.server import documents, shaping
from latentmapper.server.desk import ClosingError, FullError, State
from latentmapper.server.guard import Guard
from latentmapper.server.metrics import CONTENT_TYPE
from latentmapper.server.pages import PAGES
from latentmapper.server.schema import MEDIA_TYPES, Health, JobStatus, Submission
from latentmapper.server.service import Service
from latentmapper.writing import OutputError

LONGEST_WAIT = 60.0
LOOK_EVERY = 0.02
"""Seconds between looks at a job that somebody waits for."""
UNKNOWN = "no such job: it was never accepted, was deleted, or has expired"
UNFINISHED = ("queued", "running")

router = APIRouter()
Wait = Annotated[float, Query(ge=0, le=LONGEST_WAIT, allow_inf_nan=False)]


def create_app(service: Service) -> ASGIApp:
    """The ASGI application of a service, which starts and ends with it."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        service.foreman.start()
        yield
        await asyncio.to_thread(service.foreman.stop)
        service.lock.release()

    # No interactive pages: they load their scripts from elsewhere.
    app = FastAPI(
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
        **documents.ABOUT,
    )
    app.include_router(router)
    app.include_router(shaping.router)
    app.router.routes.extend(page.route() for page in PAGES)
    app.state.service = service
    app.state.routes = [*router.routes, *shaping.router.routes, *(page.route() for page in PAGES)]
    documents.install(app, service)
    return Guard(app, service.access, service.limits, service.metrics, lambda: _require_room(service))


def _service(request: Request) -> Service:
    return request.app.state.service


@router.post("/v1/reconstructions", status_code=202, responses=documents.CREATE)
def create(request: Request, response: Response, submission: Annotated[Submission, File()]) -> JobStatus:
    """Accept a photo. The job is kept, and will be done, once this is answered."""
    service, name = _service(request), submission.name
    try:
        options = service.checked(submission.options())
        with service.reading:
            photo = submission.photo.file.read()
            check_header(photo, name)
            mask = submission.mask and submission.mask.file.read()
            if mask is not None:
                check_header(mask, f"the mask of {name}")
            state = service.desk.accept(name, photo, options, mask)
    except (UsageError, PhotoError) as error:
        raise HTTPException(422, str(error).removeprefix("--")) from None
    except OutputError as error:
        raise HTTPException(507, str(error)) from None
    except (FullError, ClosingError) as error:
        raise _busy(error) from None
    service.metrics.accepted.inc()
    response.headers["Location"] = f"/v1/reconstructions/{state.job.id}"
    return _status(service, state)


@router.get("/v1/reconstructions/{id}", responses=documents.FIND)
async def find(request: Request, id: str, wait: Wait = 0) -> JobStatus:  # noqa: A002
    """How a job stands; with `wait`, once it is finished, or after that many seconds."""
    service, deadline = _service(request), time.monotonic() + wait
    while (state := _found(service, id)).status in UNFINISHED and not service.desk.closing:
        if (left := deadline - time.monotonic()) <= 0:
            break
        await asyncio.sleep(min(left, LOOK_EVERY))
    return _status(service, state)


@router.get("/v1/reconstructions/{id}/result", response_class=Response, responses=documents.RESULT)
def result(request: Request, id: str) -> Response:  # noqa: A002
    """The mesh file of a job that was made."""
    service = _service(request)
    state = _found(service, id)
    if state.status in UNFINISHED:
        raise HTTPException(409, f"the job is {state.status}", {"Retry-After": "1"})
    if state.status != "made":
        raise HTTPException(409, state.outcome.message if state.outcome else state.status)
    try:
        mesh = service.spool.mesh(id)
    except FileNotFoundError:  # deleted or expired between the two looks
        raise HTTPException(404, UNKNOWN) from None
    kind = state.job.options.format
    headers = {"Content-Disposition": _attachment(f"{PurePath(state.job.name).stem}.{kind}")}
    return Response(mesh, media_type=MEDIA_TYPES[kind], headers=headers)


@router.get("/v1/reconstructions/{id}/mask", response_class=Response, responses=documents.MASK)
def mask(request: Request, id: str) -> Response:  # noqa: A002
    """What of its photo a job took for the object, as a PNG, white on black, reduced as photos are."""
    service = _service(request)
    _found(service, id)
    try:
        return Response(service.spool.found(id), media_type="image/png")
    except FileNotFoundError:
        raise HTTPException(409, "no mask: the job is not finished, or looked at the whole photo") from None


@router.delete("/v1/reconstructions/{id}", status_code=204, responses=documents.DELETE)
def delete(request: Request, id: str) -> None:  # noqa: A002
    """Forget a job, whatever its state, and remove its files."""
    if not _service(request).desk.delete(id):
        raise HTTPException(404, UNKNOWN)


@router.get("/healthz", responses=documents.HEALTH)
def healthz(request: Request, response: Response) -> Health:
    """Whether accepted jobs are being done; 503 where not."""
    service = _service(request)
    status = "closing" if service.desk.closing else "ok" if service.foreman.healthy else "failing"
    response.status_code = 200 if status == "ok" else 503
    return Health(status=status, version=version("latentmapper"))


@router.get("/metrics", response_class=Response, responses=documents.METRICS)
def metrics(request: Request) -> Response:
    """Counts and durations in the text format of Prometheus."""
    return Response(_service(request).metrics.text(), media_type=CONTENT_TYPE)


def _found(service: Service, job_id: str) -> State:
    state = service.desk.find(job_id)
    if state is None:
        raise HTTPException(404, UNKNOWN)
    return state


def _status(service: Service, state: State) -> JobStatus:
    return JobStatus.of(state, service.desk.expiry(state.outcome) if state.outcome else None)


def _require_room(service: Service) -> None:
    try:
        service.desk.require_room()
    except (FullError, ClosingError) as error:
        raise _busy(error) from None


def _busy(error: FullError | ClosingError) -> HTTPException:
    if isinstance(error, FullError):
        seconds = str(error.retry_after)
        return HTTPException(429, f"too many jobs wait; try again in {seconds} s", {"Retry-After": seconds})
    return HTTPException(503, "the server is about to end", {"Retry-After": "10"})


def _attachment(name: str) -> str:
    """A header that tells browsers to save a file under this name; RFC 6266."""
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"
