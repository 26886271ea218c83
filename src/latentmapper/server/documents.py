"""What the OpenAPI document says beyond the types, and errors in the one form that it promises."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from starlette.routing import Match

from latentmapper.server.guard import OPEN
from latentmapper.server.packed import MEDIA_TYPE as PACKED
from latentmapper.server.schema import MEDIA_TYPES, PHOTO_TYPES, Health, Problem
from latentmapper.server.service import Service

ABOUT: dict[str, Any] = {
    "title": "LatentMapper",
    "version": version("latentmapper"),
    "description": "Photographs to meshes: post a photo, ask for the job, fetch the mesh.",
}

Responses = dict[int | str, dict[str, Any]]

_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_RETRY: dict[str, Any] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}


def _problem(description: str, retry: bool = False) -> dict[str, Any]:
    return {"model": Problem, "description": description} | ({"headers": _RETRY} if retry else {})


_UNKNOWN: Responses = {404: _problem("There is no such job."), 422: _problem("A parameter is out of range.")}

CREATE: Responses = {
    202: {
        "description": "Accepted.",
        "headers": {"Location": {"schema": {"type": "string"}, "description": "Where the job is."}},
    },
    400: _problem("The body is no form."),
    408: _problem("The request took too long to arrive."),
    413: _problem("The request is too large."),
    422: _problem("An option is unknown or out of range, or the file is no picture that can be used."),
    429: _problem("Too many jobs wait.", retry=True),
    503: _problem("The server is about to end.", retry=True),
    507: _problem("The disk is full."),
}
FIND: Responses = _UNKNOWN | {200: {"description": "The job as it stands."}}
RESULT: Responses = _UNKNOWN | {
    200: {
        "description": "The mesh file.",
        "content": dict.fromkeys(MEDIA_TYPES.values(), _BINARY),
    },
    409: _problem("The job is not finished, or has no mesh.", retry=True),
}
MASK: Responses = _UNKNOWN | {
    200: {"description": "The mask.", "content": {"image/png": _BINARY}},
    409: _problem("The job is not finished, or looked at the whole photo."),
}
DELETE: Responses = _UNKNOWN | {204: {"description": "It is gone."}}
HEALTH: Responses = {
    200: {"description": "They are."},
    503: {"model": Health, "description": "They are not."},
}
METRICS: Responses = {
    200: {"description": "Metrics.", "content": {"text/plain": {"schema": {"type": "string"}}}}
}

SHAPE: Responses = {
    200: {
        "description": "The shape.",
        "content": dict.fromkeys((PACKED, *MEDIA_TYPES.values()), _BINARY),
    },
    400: _problem("The body is no JSON."),
    408: _problem("The request took too long to arrive."),
    409: _problem("The same session has asked for a newer shape."),
    413: _problem("The request is too large."),
    422: _problem("An option is unknown or out of range, or the code has no shape."),
    429: _problem("Others shape at this moment.", retry=True),
    503: _problem("It took too long, the wait for its turn included."),
}

PATH: Responses = {status: each for status, each in SHAPE.items() if status != 200}
PACKS: Responses = {200: {"description": "The packs at hand."}}

_EVERYWHERE: Responses = {
    401: {"description": "The token is missing or wrong."},
    403: {"description": "The request comes from a page of another site."},
    421: {"description": "The Host header does not name this server."},
}


def install(app: FastAPI, service: Service) -> None:
    """Let an application describe itself, and answer every error with a `Problem`."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app, service)
        return app.openapi_schema

    app.openapi = openapi
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(405, _wrong_method)
    app.add_exception_handler(Exception, _unexpected)


def _document(app: FastAPI, service: Service) -> dict[str, Any]:
    document = get_openapi(routes=app.routes, **ABOUT)
    schemas = document["components"]["schemas"]
    schemas["Submission"]["properties"]["category"]["enum"] = list(service.choices)
    for model in ("Shape", "Path"):
        schemas[model]["properties"]["category"]["enum"] = service.categories
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for path, operations in document["paths"].items():
        for operation in operations.values():
            _complete(operation, service.access.token is not None and path not in OPEN)
    if service.access.token is not None:
        document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    return document


def _complete(operation: dict[str, Any], secured: bool) -> None:
    """Add to one operation what the guard answers, the token, and which files are photos."""
    problem = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, response in _EVERYWHERE.items():
        operation["responses"].setdefault(str(status), response | {"content": problem})
    if secured:
        operation["security"] = [{"token": []}]
    if "multipart/form-data" in operation.get("requestBody", {}).get("content", {}):
        form = operation["requestBody"]["content"]["multipart/form-data"]
        form["encoding"] = {name: {"contentType": ", ".join(PHOTO_TYPES)} for name in ("photo", "mask")}


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    """The first thing that is wrong with a request, as one sentence."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    return JSONResponse({"detail": f"{_field(first['loc'])}: {_reason(first)}"}, 422)


def _reason(problem: Mapping[str, Any]) -> str:
    """What is wrong, in words for who sends requests rather than for who programs the server."""
    if tuple(problem["loc"]) == ("body",) and isinstance(problem.get("input"), (bytes, str)):
        return "not sent as JSON; add the header Content-Type: application/json"
    if "UploadFile" in problem["msg"]:
        return "send a file, not text; with curl: -F photo=@FILE"
    return problem["msg"]


def _field(location: Sequence[Any]) -> str:
    """The parameter that a validation error is about: where parameters stand, its name, the type tried.

    Of a body that is no JSON, where it stands is told, and at which letter it fails.
    """
    named = len(location) > 1 and isinstance(location[1], str)
    return str(location[1] if named else location[0])


async def _wrong_method(request: Request, _: Exception) -> JSONResponse:
    """All methods of the path: Starlette names those of its first route alone."""
    known = [*request.app.state.routes, *request.app.router.routes]
    routes = [route for route in known if route.matches(request.scope)[0] != Match.NONE]
    methods = sorted({method for route in routes for method in getattr(route, "methods", None) or ()})
    detail = f"{request.method} is not for this path; use {' or '.join(methods)}"
    return JSONResponse({"detail": detail}, 405, {"Allow": ", ".join(methods)})


async def _unexpected(_: Request, error: Exception) -> JSONResponse:
    """A fault of ours; uvicorn logs its traceback."""
    return JSONResponse({"detail": f"internal error ({type(error).__name__})"}, 500)
