"""Passwords as scrypt hashes, and the file that holds them: ``name:hash``, one person a line."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
import threading
from contextlib import suppress
from pathlib import Path

from rag.errors import ConfigError, RagError

COST = 15
"""log2 of scrypt's N: with r = 8 one try takes 32 MiB and about a tenth of a second."""

SHORTEST = 8
"""Characters of the shortest password."""

_BLOCK, _PARALLEL, _LENGTH = 8, 1, 32
_MOST_COST = 18
_LONGEST = 1024
_HASH = re.compile(
    r"\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{8,})\$([A-Za-z0-9+/]{8,})"
)
# Who asks for many tries at once waits, so that they cannot fill the memory.
_one_at_a_time = threading.Lock()


def make_hash(password: str, *, cost: int = COST) -> str:
    """``$scrypt$ln=…,r=…,p=…$salt$hash`` in the PHC string format, salted at random.

    scrypt is RFC 7914; the format that of the Password Hashing Competition, base64 without
    padding. Raises RagError for a password that is too short or too long.
    """
    if not SHORTEST <= len(password) <= _LONGEST:
        raise RagError(f"The password must have {SHORTEST} to {_LONGEST} characters.")
    salt = secrets.token_bytes(16)
    digest = _scrypt(password, salt, cost, _BLOCK, _PARALLEL)
    return (
        f"$scrypt$ln={cost},r={_BLOCK},p={_PARALLEL}${_without_padding(salt)}"
        f"${_without_padding(digest)}"
    )


def matches(password: str, made: str) -> bool:
    """Whether ``made`` is a hash of ``password``; takes the same time whatever differs."""
    parts = _HASH.fullmatch(made)
    if parts is None or len(password) > _LONGEST:
        return False
    cost, block, parallel = (int(parts[number]) for number in (1, 2, 3))
    if not (1 <= cost <= _MOST_COST and 1 <= block <= _BLOCK * 2 and 1 <= parallel <= 16):
        return False
    digest = _scrypt(password, _decoded(parts[4]), cost, block, parallel)
    return hmac.compare_digest(digest, _decoded(parts[5]))


def check_name(name: str) -> str:
    """``name`` if a person may be called so; RagError otherwise."""
    if not name.strip() or name != name.strip() or len(name) > 100:
        raise RagError("A name has 1 to 100 characters and no blank at its ends.")
    if ":" in name or not name.isprintable() or name.startswith("#"):
        raise RagError("A name has no colon and no control characters, and begins with no #.")
    return name


class PasswordFile:
    """The people who may sign in; read again when the file has changed.

    Raises ConfigError, when made, where the file cannot be read or a line of it is faulty.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp = self._stamped()
        self._hashes = _read(path)
        # A try with an unknown name must take as long as one with a known one.
        self._nobody = make_hash(secrets.token_hex(16), cost=_cost(self._hashes))

    @property
    def warning(self) -> str:
        """A sentence where others than the owner may read the file; empty otherwise."""
        if os.name == "posix" and self._path.stat().st_mode & 0o077:
            return f"Others may read {self._path}. Keep it to yourself: chmod 600 {self._path}"
        return ""

    def hash_of(self, name: str) -> str | None:
        """The hash of the person called ``name``, None where there is none."""
        self._refresh()
        return self._hashes.get(name)

    def verify(self, name: str, password: str) -> bool:
        """Whether this is the password of the person called ``name``."""
        known = self.hash_of(name)
        return matches(password, known or self._nobody) and known is not None

    def _refresh(self) -> None:
        # A file that is being replaced, or has become faulty, leaves the people as they were.
        with suppress(OSError, ConfigError):
            stamp = self._stamped()
            if stamp != self._stamp:
                self._hashes, self._stamp = _read(self._path), stamp

    def _stamped(self) -> tuple[int, int, int]:
        try:
            status = self._path.stat()
        except OSError as error:
            raise _unreadable(self._path, error) from error
        return status.st_mtime_ns, status.st_size, status.st_ino


def write_password(path: Path, name: str, made: str) -> None:
    """Put the line of ``name`` into the file, in place of a former one; its owner alone may read.

    Raises ConfigError where the file there is no password file, OSError where it cannot be written.
    """
    held = _read(path) if path.exists() else {}
    held[check_name(name)] = made
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(f"{one}:{hashed}\n" for one, hashed in held.items())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _read(path: Path) -> dict[str, str]:
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise _unreadable(path, error) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text; make it with `rag passwd NAME`.") from error
    hashes: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, colon, made = line.strip().partition(":")
        if not name or not colon or _HASH.fullmatch(made) is None:
            raise ConfigError(
                f"{path}, line {number} is not name:hash as `rag passwd NAME` makes it."
            )
        hashes[name] = made
    if not hashes:
        raise ConfigError(f"{path} names nobody. Add a person with `rag passwd NAME`.")
    return hashes


def _cost(hashes: dict[str, str]) -> int:
    """The cost of the dearest hash; those that cost too much match nothing, at no cost."""
    found = (_HASH.fullmatch(made) for made in hashes.values())
    return max((cost for one in found if one and (cost := int(one[1])) <= _MOST_COST), default=COST)


def _unreadable(path: Path, error: OSError) -> ConfigError:
    return ConfigError(
        f"The password file {path} cannot be read: {error.strerror}. "
        "Make it with `rag passwd NAME --auth FILE`."
    )


def _scrypt(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    with _one_at_a_time:
        return hashlib.scrypt(
            password.encode("utf-8", "surrogatepass"),
            salt=salt,
            n=1 << cost,
            r=block,
            p=parallel,
            maxmem=(129 << cost) * block + (1 << 20),
            dklen=_LENGTH,
        )


def _without_padding(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii").rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))
