"""The routes from codes to shapes, for pages on which somebody edits one."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from fastapi import APIRouter, HTTPException, Request, Response

from latentmapper.errors import LatentMapperError
from latentmapper.server import documents
from latentmapper.server.packed import MEDIA_TYPE
from latentmapper.server.schema import MEDIA_TYPES
from latentmapper.server.service import Service
from latentmapper.server.shape_schema import PackInfo, Path, Shape, Stations
from latentmapper.server.turns import CrowdedError, OutdatedError

Asked = TypeVar("Asked", Shape, Path)
Made = TypeVar("Made")
router = APIRouter()
TYPES = {**MEDIA_TYPES, "mesh": MEDIA_TYPE, "draft": MEDIA_TYPE}


@router.get("/v1/packs", responses=documents.PACKS)
def packs(request: Request) -> list[PackInfo]:
    """What can be made, and which sliders its shapes have."""
    return _service(request).studio.packs()


@router.post("/v1/shapes", response_class=Response, responses=documents.SHAPE)
async def shape(request: Request, shape: Shape) -> Response:
    """The shape of a code, its sliders moved: packed for a page that shows it, or as a mesh file."""
    service = _service(request)
    made, seconds = await _in_time(service, service.studio.make, shape)
    took = {"Server-Timing": f"shape;dur={1000 * seconds:.1f}"}
    return Response(made, media_type=TYPES[shape.format], headers=took)


@router.post("/v1/paths", responses=documents.PATH)
async def path(request: Request, path: Path) -> Stations:
    """Codes on the way from one shape to the next, between which the surface moves by equal amounts."""
    service = _service(request)
    return (await _in_time(service, service.studio.path, path))[0]


def _service(request: Request) -> Service:
    return request.app.state.service


async def _in_time(service: Service, work: Callable[[Asked], Made], asked: Asked) -> tuple[Made, float]:
    """What the work gives in its turn, and the seconds it took; 503 where all that takes longer than it may.

    No thread can be stopped: one that is late works on for nobody, and keeps its turn until it ends.
    """
    begun = asyncio.Event()
    task = asyncio.create_task(_in_turn(service, work, asked, begun))
    task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # else asyncio complains
    try:
        done, _ = await asyncio.wait({task}, timeout=service.limits.timeout)
    finally:
        if not begun.is_set():
            task.cancel()
    if done:
        return await task
    reason = "took longer than" if begun.is_set() else "others shape at this moment; no turn came within"
    raise HTTPException(503, f"{reason} {service.limits.timeout:g} s")


async def _in_turn(
    service: Service, work: Callable[[Asked], Made], asked: Asked, begun: asyncio.Event
) -> tuple[Made, float]:
    """Work in a thread, so that other requests are answered meanwhile; `begun` is set when its turn comes."""
    async with _turn(service, asked.session):
        begun.set()
        start = time.perf_counter()
        try:
            made = await asyncio.to_thread(work, asked)
        except LatentMapperError as error:
            raise HTTPException(422, str(error).removeprefix("--")) from None
        return made, time.perf_counter() - start


@asynccontextmanager
async def _turn(service: Service, session: str) -> AsyncIterator[None]:
    try:
        async with service.turns.take(session):
            yield
    except OutdatedError:
        raise HTTPException(409, "a newer request of the same session has come") from None
    except CrowdedError:
        raise HTTPException(429, "others shape at this moment; try again", {"Retry-After": "1"}) from None
