"""Frozen dataclasses to bytes and back, exactly: compressed JSON, which runs nothing when read.

A dataclass is the list of its fields, a mapping the list of its pairs; the type asked for says
how to read them. Lone surrogates, which PDFs contain, and every float come back as they were.
"""

from __future__ import annotations

import json
import types
import zlib
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")

MOST_BYTES = 256 * 2**20
"""The largest value, before it is compressed: more than any report's text."""


class TooLarge(Exception):
    """A value is larger than ``MOST_BYTES``."""


def packed(value: object) -> bytes:
    """``value`` as bytes: None, text, numbers, tuples, lists, mappings, dataclasses of these.

    Raises TooLarge.
    """
    text = json.dumps(_plain(value), default=_as_list, ensure_ascii=False, separators=(",", ":"))
    data = text.encode("utf-8", "surrogatepass")
    if len(data) > MOST_BYTES:
        raise TooLarge(len(data))
    return zlib.compress(data, 1)


def unpacked(kind: Any, data: bytes) -> Any:
    """The value of type ``kind`` in ``data``; ValueError when the bytes are not of such a one."""
    inflate = zlib.decompressobj()
    try:
        plain = inflate.decompress(data, MOST_BYTES)
        if not inflate.eof:
            raise ValueError("too long, or cut off")
        return _reader(kind)(json.loads(plain.decode("utf-8", "surrogatepass")))
    except (zlib.error, RecursionError, TypeError) as error:
        raise ValueError(f"not a packed {kind}: {error}") from error


def _plain(value: object) -> object:
    return list(value.items()) if isinstance(value, dict) else value


def _as_list(value: Any) -> list[object]:
    return [_plain(getattr(value, name)) for name in _names(type(value))]


@lru_cache(maxsize=64)
def _names(kind: type) -> tuple[str, ...]:
    if not is_dataclass(kind):
        raise TypeError(f"{kind.__name__} cannot be packed")
    return tuple(field.name for field in fields(kind))


@lru_cache(maxsize=256)
def _reader(kind: Any) -> Callable[[Any], Any]:
    """Turns the plain form of a ``kind`` into it; raises ValueError or TypeError."""
    origin, arguments = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return _dataclass_reader(cast(type, kind))
    if origin in (Union, types.UnionType):
        (inner,) = (one for one in arguments if one is not types.NoneType)
        read = _reader(inner)
        return lambda value: None if value is None else read(value)
    if origin is tuple and arguments[-1] is Ellipsis:
        item = _reader(arguments[0])
        return lambda value: tuple([item(one) for one in value])
    if origin is tuple:
        items = [_reader(one) for one in arguments]
        return lambda value: tuple([r(one) for r, one in zip(items, value, strict=True)])
    if origin is list:
        item = _reader(arguments[0])
        return lambda value: [item(one) for one in value]
    if (isinstance(origin, type) and issubclass(origin, dict)) or origin in _MAPPINGS:
        key, item = map(_reader, arguments)
        return lambda value: {key(k): item(v) for k, v in value}
    if kind in _PLAIN:
        return _plain_reader(_PLAIN[kind])
    raise TypeError(f"{kind} cannot be unpacked")


def _dataclass_reader(kind: Any) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    readers = [_reader(hints[name]) for name in _names(kind)]
    return lambda value: kind(*[r(one) for r, one in zip(readers, value, strict=True)])


def _plain_reader(kinds: tuple[type, ...]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) not in kinds:
            raise ValueError(f"{type(value).__name__} where {kinds[0].__name__} was expected")
        return value

    return read


_PLAIN: dict[Any, tuple[type, ...]] = {
    str: (str,),
    int: (int,),
    float: (float, int),
    bool: (bool,),
    types.NoneType: (types.NoneType,),
}
_MAPPINGS = (Mapping,)
