"""One shape at a time: of each page only the newest request waits, and only so many pages do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

WAITING = 8
"""Pages that may have a request here at once."""


class CrowdedError(Exception):
    """As many pages wait as may."""


class OutdatedError(Exception):
    """The same page has asked for something newer meanwhile."""


class Turns:
    """Who may decode a shape now."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._newest: dict[object, object] = {}

    @asynccontextmanager
    async def take(self, session: str) -> AsyncIterator[None]:
        """Wait for a turn, and hold it.

        Parameters
        ----------
        session : who asks; a request without a name replaces no other, and none replaces it.

        Raises
        ------
        CrowdedError : too many other sessions wait.
        OutdatedError : the session has asked again, even where it has taken that back.
        """
        if session not in self._newest and len(self._newest) >= WAITING:
            raise CrowdedError
        mine = object()
        who = session or mine
        self._newest[who] = mine
        try:
            async with self._lock:
                if self._newest.get(who) is not mine:
                    raise OutdatedError
                yield
        finally:
            if self._newest.get(who) is mine:
                del self._newest[who]
