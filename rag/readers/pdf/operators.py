"""Content streams to operations, only those that place text (PDF 32000-1, sections 7.3 and 7.8.2).

pypdf makes an object of every number of every line drawn, which is most of the time that reading a
page takes. One regular expression passes over what draws, and objects are made of what shows text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from typing import Any

from pypdf.generic import NameObject

Operation = tuple[list[Any], bytes]

_ENDS = rb"\0\t\n\f\r ()<>\[\]{}/%"
# Drawing: numbers and an operator that neither shows text nor moves where it stands.
_DRAWN = (
    rb"(?>(?:[-+.\d]+[\0\t\n\f\r ]+){0,8})"
    rb"(?>re|[mlcvyhnSsFfBbWwJjMiGgKk]\*?|rg|RG|sc|SC|d[01])(?![^" + _ENDS + rb"])"
)
_TOKEN = re.compile(
    _DRAWN + rb"|([-+.\d]++"  # number
    rb"|/[^" + _ENDS + rb"]*+"  # name
    rb"|\((?>(?:[^()\\]++|\\.)*+)\)"  # string without brackets in it
    rb"|<<|>>|<[^<>]*+>"  # dictionary, hexadecimal string
    rb"|[A-Za-z'\"][^" + _ENDS + rb"]*+"  # operator
    rb"|[\[\](]|%[^\r\n]*+)",
    re.DOTALL,
)
_BRACKET = re.compile(rb"\\.|[()]", re.DOTALL)
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|[\r\n])|(.))", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_NOT_HEX = re.compile(rb"[^0-9A-Fa-f]+")
_NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_IMAGE_DATA = re.compile(rb"[\0\t\n\f\r ]ID[\0\t\n\f\r ]")
# Image data may hold "EI" by chance; after the real one comes what reads as operators.
_IMAGE_END = re.compile(rb"[\0\t\n\f\r ]EI(?=[\0\t\n\f\r ]*(?:\Z|[\0\t\n\f\r ][\t\n\r -~]{1,16}))")
_KEYWORDS = {b"true": True, b"false": False, b"null": None}
_OPERAND = frozenset(b"-+.0123456789/(<")
_BRACKETS = frozenset({b"[", b"]", b"<<", b">>"})
_RESUMED = frozenset({b"(", b"BI"})
_COMMENT = ord("%")
_DEEPEST = 32
_MOST_OPERANDS = 200_000


class _Opened:
    """Stands on the stack where an array or a dictionary begins."""


_ARRAY, _DICTIONARY = _Opened(), _Opened()


def operations(data: bytes, wanted: Container[bytes]) -> list[Operation]:
    """The operations of a content stream whose operators are ``wanted``, in order.

    Numbers are floats, strings bytes, names ``NameObject``; arrays are lists, dictionaries dicts by
    name. What is malformed is passed over, as viewers do. Inline images are left out.
    """
    found: list[Operation] = []
    stack: list[Any] = []
    opened: list[int] = []
    position = 0
    while position < len(data):
        start, position = position, len(data)
        for match in _TOKEN.finditer(data, start):
            token = match[1]
            if token is None:
                stack, opened = [], []
            elif token in _BRACKETS:
                _bracket(token, stack, opened)
            elif token in _RESUMED:
                position = _resumed(data, match, stack, opened)
                break
            elif token[0] in _OPERAND or token in _KEYWORDS:
                stack.append(token)
            elif token[0] != _COMMENT:
                if token in wanted:
                    found.append((_operands(stack, opened), token))
                stack, opened = [], []
            if len(stack) > _MOST_OPERANDS or len(opened) > _DEEPEST:
                stack, opened = [], []
    return found


def _resumed(data: bytes, match: re.Match[bytes], stack: list[Any], opened: list[int]) -> int:
    """Where to go on after what no expression can match: brackets in a string, an image's bytes."""
    if match[1] == b"BI":
        stack.clear()
        opened.clear()
        return _image_end(data, match.end())
    end = _string_end(data, match.end())
    stack.append(data[match.start() : end])
    return end


def _operands(stack: list[Any], opened: list[int]) -> list[Any]:
    while opened:
        _close(stack, opened.pop())
    return [_value(operand) for operand in stack]


def _bracket(token: bytes, stack: list[Any], opened: list[int]) -> None:
    if token in (b"[", b"<<"):
        opened.append(len(stack))
        stack.append(_ARRAY if token == b"[" else _DICTIONARY)
    elif opened:
        _close(stack, opened.pop())


def _close(stack: list[Any], start: int) -> None:
    """Puts the array or dictionary that began at ``start`` in place of its parts."""
    values = [_value(part) for part in stack[start + 1 :]]
    if stack[start] is _ARRAY:
        stack[start:] = [values]
    else:
        keys = values[: len(values) - len(values) % 2 : 2]
        pairs = zip(keys, values[1::2], strict=True)
        stack[start:] = [{key: value for key, value in pairs if isinstance(key, str)}]


def _value(token: Any) -> Any:
    return _VALUES[token[0]](token) if isinstance(token, bytes) else token


def _number(token: bytes) -> float:
    try:
        return float(token)
    except ValueError:
        return 0.0


def _string(token: bytes) -> bytes:
    string = token[1:-1]
    return _ESCAPE.sub(_escape, string) if b"\\" in string else string


def _escape(match: re.Match[bytes]) -> bytes:
    octal, line_end, other = match.groups()
    if octal is not None:
        return bytes([int(octal, 8) & 255])
    return b"" if line_end is not None else _ESCAPED.get(other, other)


def _hexadecimal(token: bytes) -> bytes:
    digits = token[1:-1]
    try:
        return bytes.fromhex(digits.decode("ascii"))
    except ValueError:
        digits = _NOT_HEX.sub(b"", digits)
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))


def _name(token: bytes) -> NameObject:
    if b"#" in token:
        token = _NAME_ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), token)
    try:
        return NameObject(token.decode("utf-8"))
    except UnicodeDecodeError:
        return NameObject(token.decode("latin-1"))


def _string_end(data: bytes, position: int) -> int:
    """Where the string ends whose first bracket ends at ``position``; at the end if never."""
    depth = 1
    for match in _BRACKET.finditer(data, position):
        depth += {b"(": 1, b")": -1}.get(match[0], 0)
        if depth == 0:
            return match.end()
    return len(data)


def _image_end(data: bytes, position: int) -> int:
    """Where an inline image ends whose settings begin at ``position``."""
    begun = _IMAGE_DATA.search(data, position)
    ended = _IMAGE_END.search(data, begun.end() - 1) if begun else None
    return ended.end() if ended else len(data)


_VALUES: dict[int, Callable[[bytes], Any]] = {
    **dict.fromkeys(b"-+.0123456789", _number),
    **dict.fromkeys(b"tfn", _KEYWORDS.__getitem__),
    ord("("): _string,
    ord("<"): _hexadecimal,
    ord("/"): _name,
}
