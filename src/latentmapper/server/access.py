"""Who may ask: the host that a request names, the page it comes from, the token it shows."""

import hmac
import ipaddress
import re
from dataclasses import dataclass

from latentmapper.errors import UsageError

LOCAL_NAME = "localhost"
SHORTEST_TOKEN = 16
TOKEN_VARIABLE = "LATENTMAPPER_TOKEN"

_HOST = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[^\s:/@\[\]]+))(?::\d{1,5})?")


@dataclass(frozen=True)
class Access:
    """Where the server listens, and what it asks of those who call."""

    host: str = "127.0.0.1"
    """Address that it listens on."""
    token: str | None = None
    """What requests show as `Authorization: Bearer TOKEN`; None where they need not."""
    names: tuple[str, ...] = ()
    """Further host names under which the server is reached."""

    def require(self) -> None:
        """Raise `UsageError`, naming the flag, for a token that is no secret, that no request can show, or
        that is missing where other machines can call, and for a name that no request can have."""
        if self.token is not None:
            _require_showable(self.token)
        for name in self.names:
            found = _HOST.fullmatch(name)
            if found is None or found["name"] != name:
                raise UsageError(f"--name {name}: a host name alone, without https:// before it or a port")
        if self.token is None and not self.local:
            raise UsageError(
                f"--host {self.host}: other machines can reach it, so it needs a token;"
                f" give --token or set {TOKEN_VARIABLE}"
            )

    @property
    def local(self) -> bool:
        """Whether this machine alone can call."""
        address = _address(self.host)
        return self.host == LOCAL_NAME if address is None else address.is_loopback

    def allows_host(self, header: str | None) -> bool:
        """Whether a `Host` header names this server.

        A page of another site can make its own name point to this machine and then read what it answers
        (DNS rebinding); it cannot change the name. Numeric addresses cannot be rebound.
        """
        found = _HOST.fullmatch(header or "")
        if found is None:
            return False
        name = (found["v6"] or found["name"]).lower()
        address = _address(name)
        if address is not None:
            return address.is_loopback or not self.local
        return name in {LOCAL_NAME, self.host.lower(), *(each.lower() for each in self.names)}

    @staticmethod
    def allows_origin(origin: str | None, host: str | None) -> bool:
        """Whether a request comes from no page, or from one that this server itself has served.

        Browsers send forms to any address without asking; they do say which page the form is on.
        """
        return origin is None or origin.partition("://")[2] == host

    def allows_token(self, header: str | None) -> bool:
        """Whether an `Authorization` header shows the token; compared in constant time."""
        if self.token is None:
            return True
        scheme, _, given = (header or "").partition(" ")
        shown = hmac.compare_digest(given.strip().encode(), self.token.encode())
        return scheme.lower() == "bearer" and shown


def _require_showable(token: str) -> None:
    """Raise `UsageError` for a token that is no secret, or that no header carries."""
    if len(token) < SHORTEST_TOKEN:
        raise UsageError(f"--token: too short to be a secret; at least {SHORTEST_TOKEN} characters")
    if not (token.isascii() and token.isprintable()):
        raise UsageError("--token: headers carry plain letters, digits and signs alone; use these")
    if token != token.strip():
        raise UsageError("--token: begins or ends with a space, which no header carries")


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
