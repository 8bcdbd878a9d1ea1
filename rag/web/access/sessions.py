"""Signed cookies: who signed in, until when, and with which password."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable

from itsdangerous import BadData, TimestampSigner
from itsdangerous.encoding import base64_decode, base64_encode

COOKIE = "rag_session"
"""The cookie's name."""

LASTS = 12 * 3600
"""Seconds after which one signs in anew."""


class Sessions:
    """Makes and reads the values of cookies, signed with a key that this process alone knows.

    A value is ``name.issued.signature``; the signature covers the person's password hash too, so
    that a changed password and a removed person end their sessions. ``now`` gives UNIX seconds.
    """

    def __init__(self, *, lasts: int = LASTS, now: Callable[[], float] = time.time) -> None:
        self._key = secrets.token_bytes(48)
        self._now = now
        self.lasts = lasts

    def issue(self, name: str, password_hash: str) -> str:
        """The value of a cookie for the person called ``name``."""
        return self._signer(password_hash).sign(base64_encode(name)).decode("ascii")

    def read(self, value: str, hash_of: Callable[[str], str | None]) -> str | None:
        """The name in a cookie that was issued here, is not over and whose password still holds."""
        try:
            name = base64_decode(value.partition(".")[0]).decode("utf-8")
            password_hash = hash_of(name)
            if password_hash is None:
                return None
            # A value whose age is ``max_age`` is still taken.
            self._signer(password_hash).unsign(value, max_age=self.lasts - 1)
        except (BadData, UnicodeError):
            return None
        return name

    def _signer(self, password_hash: str) -> TimestampSigner:
        # SHA-384 has as many bits as 64 characters of base64: none of them can be changed.
        return _Signer(
            self._now,
            self._key,
            salt=password_hash,
            key_derivation="hmac",
            digest_method=hashlib.sha384,
        )


class _Signer(TimestampSigner):
    def __init__(self, now: Callable[[], float], *key: bytes, **options: object) -> None:
        super().__init__(*key, **options)  # type: ignore[arg-type]
        self._now = now

    def get_timestamp(self) -> int:
        return int(self._now())
