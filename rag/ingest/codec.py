"""Frozen dataclasses to bytes and back, exactly: compressed JSON, which runs nothing when read.

A dataclass is the list of its fields, a mapping the list of its pairs; the type asked for says
how to read them. Lone surrogates, which PDFs contain, and every float come back as they were.
"""

from __future__ import annotations

import json
import types
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any, Union, get_args, get_origin, get_type_hints

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
    kind: Any = type(value)
    return [_plain(getattr(value, name)) for name in _names(kind)]


@lru_cache(maxsize=64)
def _names(kind: Any) -> tuple[str, ...]:
    if not is_dataclass(kind):
        raise TypeError(f"{kind.__name__} cannot be packed")
    return tuple(field.name for field in fields(kind))


@lru_cache(maxsize=256)
def _reader(kind: Any) -> Callable[[Any], Any]:
    """Turns the plain form of a ``kind`` into it; raises ValueError or TypeError."""
    if is_dataclass(kind):
        return _dataclass_reader(kind)
    if kind in _PLAIN:
        return _plain_reader(_PLAIN[kind])
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        (inner,) = (one for one in arguments if one is not types.NoneType)
        read = _reader(inner)
        return lambda value: None if value is None else read(value)
    return _several_reader(kind, origin, [_reader(one) for one in arguments if one is not ...])


def _several_reader(
    kind: Any, origin: Any, readers: Sequence[Callable[[Any], Any]]
) -> Callable[[Any], Any]:
    first, *_ = readers
    if origin is tuple and get_args(kind)[-1] is ...:
        return lambda value: tuple([first(one) for one in value])
    if origin is tuple:
        return lambda value: tuple([r(one) for r, one in zip(readers, value, strict=True)])
    if origin is list:
        return lambda value: [first(one) for one in value]
    if origin in (dict, Mapping):
        return lambda value: {first(key): readers[1](one) for key, one in value}
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
