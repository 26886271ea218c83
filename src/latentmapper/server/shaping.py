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

Asked = TypeVar("Asked")
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
    async with _turn(service, shape.session):
        began = time.perf_counter()
        made = await _aside(service.studio.make, shape)
    took = {"Server-Timing": f"shape;dur={1000 * (time.perf_counter() - began):.1f}"}
    return Response(made, media_type=TYPES[shape.format], headers=took)


@router.post("/v1/paths", responses=documents.PATH)
async def path(request: Request, path: Path) -> Stations:
    """Codes on the way from one shape to the next, between which the surface moves by equal amounts."""
    service = _service(request)
    async with _turn(service, path.session):
        return await _aside(service.studio.path, path)


def _service(request: Request) -> Service:
    return request.app.state.service


async def _aside(work: Callable[[Asked], Made], asked: Asked) -> Made:
    """Work in a thread, so that other requests are answered meanwhile."""
    try:
        return await asyncio.to_thread(work, asked)
    except LatentMapperError as error:
        raise HTTPException(422, str(error).removeprefix("--")) from None


@asynccontextmanager
async def _turn(service: Service, session: str) -> AsyncIterator[None]:
    try:
        async with service.turns.take(session):
            yield
    except OutdatedError:
        raise HTTPException(409, "a newer request of the same session has come") from None
    except CrowdedError:
        raise HTTPException(429, "others shape at this moment; try again", {"Retry-After": "1"}) from None
