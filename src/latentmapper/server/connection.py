"""One connection to the server, which has so long to ask for something, and to take in the answer."""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol


class Connection(H11Protocol):
    """As uvicorn's own, but ended where a request's head does not arrive in time, or its answer is not read.

    As many connections are held as requests are answered at once: who opened all of them and said nothing, or
    a letter a minute, or read no answer, would keep everybody out.

    Parameters
    ----------
    seconds : that a client may take to ask, from the opening or the last answer, and that may pass without
        a byte of an answer leaving.
    """

    def __init__(self, *given: Any, seconds: float, **named: Any) -> None:
        super().__init__(*given, **named)
        self._seconds = seconds
        self._end: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        # Writing is then paused as long as a single byte waits: to close would wait for that one, too. Of
        # requests sent ahead uvicorn begins the next alone, and keeps its answer until writing goes on.
        transport.set_write_buffer_limits(high=0)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Stop to wait where that makes a request."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        super().on_response_complete()
        self._watch()

    def pause_writing(self) -> None:
        """Begin to wait until the client reads."""
        super().pause_writing()
        self._watch_reading()

    def resume_writing(self) -> None:
        """Stop to wait: all has left."""
        super().resume_writing()
        self._unread = _cancelled(self._unread)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop to wait."""
        self._end, self._unread = _cancelled(self._end), _cancelled(self._unread)
        super().connection_lost(exc)

    def _watch(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._end = _cancelled(self._end)
        elif self._end is None:
            self._end = self.loop.call_later(self._seconds, self.transport.close)

    def _watch_reading(self) -> None:
        waiting = self.transport.get_write_buffer_size()
        self._unread = self.loop.call_later(self._seconds, self._require_less, waiting)

    def _require_less(self, before: int) -> None:
        """End the connection unless some of the bytes that waited have left; else wait on."""
        if self.transport.get_write_buffer_size() < before:
            self._watch_reading()
        else:
            self.transport.abort()


def _cancelled(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
