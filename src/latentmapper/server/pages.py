"""The web page: a fixed set of files, and what browsers may do with them."""

from dataclasses import dataclass
from pathlib import Path

from fastapi import Response
from fastapi.routing import APIRoute

FOLDER = Path(__file__).parent / "web"
MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".jpg": "image/jpeg",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
    " img-src 'self' blob: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-cache",
}


@dataclass(frozen=True)
class Page:
    """One file that is served to browsers."""

    path: str
    """Of its address."""
    file: Path

    def route(self) -> APIRoute:
        """The route that answers with it; it is part of the page, not of the API."""
        return APIRoute(self.path, self._answer, methods=["GET"], include_in_schema=False, name=self.path)

    def _answer(self) -> Response:
        return Response(self.file.read_bytes(), headers=HEADERS, media_type=MEDIA_TYPES[self.file.suffix])


def _found() -> list[Page]:
    """Every file of the page: addresses are compared with these, and never become paths on the disk."""
    files = [file for file in sorted(FOLDER.rglob("*")) if file.suffix in MEDIA_TYPES]
    pages = [Page(f"/{file.relative_to(FOLDER).as_posix()}", file) for file in files]
    return [Page("/", FOLDER / "index.html"), *pages]


PAGES = _found()
PATHS = frozenset(page.path for page in PAGES)
