"""Who makes a request: by a cookie, by name and password, or by the word of a trusted proxy."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import ipaddress
import secrets
from collections import OrderedDict
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from rag.errors import ConfigError
from rag.web.access.buckets import Buckets
from rag.web.access.passwords import PasswordFile
from rag.web.access.sessions import COOKIE, Sessions

_REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks: ``name`` where people sign in, empty otherwise; ``address`` is the network's.

    ``language`` is that of the interface they see.
    """

    name: str
    address: str
    language: str = "en"

    @property
    def key(self) -> str:
        """What limits count by; a name is never taken for an address."""
        return f"name {self.name}" if self.name else f"address {self.address}"


CURRENT: ContextVar[Person | None] = ContextVar("person", default=None)
"""Who made the request that is being answered."""


class Failures:
    """Slows down who tries passwords: 5 at once and 2 a minute from an address, 20 and 6 a name."""

    def __init__(self) -> None:
        self._by_address = Buckets(5, 2)
        self._by_name = Buckets(20, 6)

    def wait(self, name: str, address: str) -> float:
        """Seconds until the next try is taken, 0 for at once."""
        return max(self._by_address.wait(address), self._by_name.wait(name))

    def begin(self, name: str, address: str) -> bool:
        """Count a try; False where it comes too soon."""
        return self.wait(name, address) == 0 and all(
            (self._by_address.take(address), self._by_name.take(name))
        )

    def forgive(self, name: str, address: str) -> None:
        """Forget a try that was right."""
        self._by_address.give(address)
        self._by_name.give(name)


class VerifiedCredentials:
    """Names and passwords that were right a moment ago, as keyed digests alone."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._held: OrderedDict[bytes, None] = OrderedDict()
        self._lock = Lock()

    def has(self, authorization: str, password_hash: str) -> bool:
        """Whether this was added, with the hash that the person still has."""
        with self._lock:
            return self._digest(authorization, password_hash) in self._held

    def add(self, authorization: str, password_hash: str) -> None:
        """Remember this; of many the latest."""
        with self._lock:
            self._held[self._digest(authorization, password_hash)] = None
            if len(self._held) > _REMEMBERED:
                self._held.popitem(last=False)

    def _digest(self, authorization: str, password_hash: str) -> bytes:
        said = f"{password_hash}\n{authorization}".encode()
        return hmac.new(self._key, said, hashlib.sha256).digest()


@dataclass(frozen=True, slots=True)
class Access:
    """How people are told apart.

    With ``passwords`` they sign in; with ``header`` a proxy whose address is in ``proxies`` names
    them; with neither all are let in, without a name. ``hosts`` are the names this server is
    reached by, without ports; empty: any.
    """

    passwords: PasswordFile | None = None
    header: str = ""
    proxies: tuple[str, ...] = ()
    hosts: frozenset[str] = frozenset()
    sessions: Sessions = field(default_factory=Sessions)
    failures: Failures = field(default_factory=Failures)
    _known: VerifiedCredentials = field(default_factory=VerifiedCredentials)

    def __post_init__(self) -> None:
        if self.passwords and self.header:
            raise ConfigError("Set either `auth` or `auth_header`, not both.")
        if self.header and not self.proxies:
            raise ConfigError(
                "`auth_header` needs a proxy that is trusted: listen on 127.0.0.1, or name the "
                "proxy's address in `trusted_proxy`."
            )

    @property
    def closed(self) -> bool:
        """Whether one must be known to be let in."""
        return bool(self.passwords or self.header)

    def identify(self, scope: Scope, peer: str) -> Person | None:
        """Who makes the request; None where that must be known and is not.

        ``peer`` is the address that the connection comes from, ``scope["client"]`` the one that a
        trusted proxy tells. May take as long as ``PasswordFile.verify``.
        """
        address = client_address(scope)
        headers = Headers(scope=scope)
        if self.header:
            name = headers.get(self.header, "").strip()
            return Person(name, address) if name and is_among(peer, self.proxies) else None
        if self.passwords is None:
            return Person("", address)
        cookie = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
        named = self.sessions.read(cookie, self.passwords.hash_of) if cookie else None
        if named is None:
            named = self._by_password(headers.get("authorization", ""), address)
        return None if named is None else Person(named, address)

    def sign_in(self, name: str, password: str, address: str) -> str | None:
        """The value of a cookie for who gives the right password; None for anyone else.

        Check ``failures.wait`` first.
        """
        if self.passwords is None or not self.failures.begin(name, address):
            return None
        if not self.passwords.verify(name, password):
            return None
        self.failures.forgive(name, address)
        return self.sessions.issue(name, self.passwords.hash_of(name) or "")

    def _by_password(self, authorization: str, address: str) -> str | None:
        """The name in a header of HTTP's Basic authentication (RFC 7617), for programs."""
        scheme, _, encoded = authorization.partition(" ")
        if scheme.lower() != "basic" or self.passwords is None:
            return None
        try:
            name, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        held = self.passwords.hash_of(name) or ""
        if not colon or self._known.has(authorization, held):
            return name if colon else None
        if self.sign_in(name, password, address) is None:
            return None
        self._known.add(authorization, held)
        return name


def client_address(scope: Scope) -> str:
    """The address that a request comes from."""
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


def is_among(address: str, networks: Sequence[str]) -> bool:
    """Whether ``address`` is one of the addresses or networks."""
    try:
        one = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(one in ipaddress.ip_network(network, strict=False) for network in networks)


def is_loopback(host: str) -> bool:
    """Whether a server listening on ``host`` is reached from this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
