"""Signed cookies: who signed in, until when, and with which password."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable

COOKIE = "rag_session"
"""The cookie's name."""

LASTS = 12 * 3600
"""Seconds after which one signs in anew."""


class Sessions:
    """Makes and reads the values of cookies, signed with a key that this process alone knows.

    A value is ``name.until.signature``; the signature covers the person's password hash too, so
    that a changed password and a removed person end their sessions. ``now`` gives UNIX seconds.
    """

    def __init__(self, *, lasts: int = LASTS, now: Callable[[], float] = time.time) -> None:
        self._key = secrets.token_bytes(32)
        self._now = now
        self.lasts = lasts

    def issue(self, name: str, password_hash: str) -> str:
        """The value of a cookie for the person called ``name``."""
        body = f"{_encoded(name.encode())}.{int(self._now()) + self.lasts}"
        return f"{body}.{self._signature(body, password_hash)}"

    def read(self, value: str, hash_of: Callable[[str], str | None]) -> str | None:
        """The name in a cookie that was issued here, is not over and whose password still holds."""
        body, _, signature = value.rpartition(".")
        encoded, _, until = body.partition(".")
        if not (until.isascii() and until.isdigit()) or int(until) <= self._now():
            return None
        try:
            name = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
        except ValueError:
            return None
        password_hash = hash_of(name)
        if password_hash is None:
            return None
        right = self._signature(body, password_hash)
        return name if hmac.compare_digest(signature.encode(), right.encode()) else None

    def _signature(self, body: str, password_hash: str) -> str:
        signed = f"{body}\n{password_hash}".encode()
        return _encoded(hmac.new(self._key, signed, hashlib.sha256).digest())


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")
