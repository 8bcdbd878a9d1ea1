"""One TOML file that states facts: its values, or what is wrong with each line of it."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from rag.text.languages import LANGUAGES, normalise_code

KEYS = ("title", "issuer", "kind", "date", "language")
_MAX_BYTES = 1 << 20
_ISO = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")


@dataclass(slots=True)
class Stated:
    """What a file states: ``values`` at its top, ``tables`` by their names, in the file's order.

    ``lines`` gives the line of a table's header. ``faults`` are ends of sentences that begin with
    the file's name: ``line 3: the key …``.
    """

    values: dict[str, str] = field(default_factory=dict)
    tables: dict[str, dict[str, str]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def stated(data: bytes, *, with_tables: bool) -> Stated:
    """What the bytes of a TOML file state; ``with_tables`` allows a table a file or pattern."""
    found = Stated()
    try:
        text = _text(data)
        # With a line after the last, a fault in the last has its line too.
        parsed = tomllib.loads(f"{text}\n")
    except (ValueError, RecursionError) as error:
        found.faults.append(_malformed(error))
        return found
    places = _places(text)
    for key, value in parsed.items():
        if isinstance(value, dict) and with_tables and key not in KEYS:
            found.tables[key] = _facts(value, key, places, found.faults)
            found.lines[key] = places.get((key, ""), 0)
        else:
            found.values |= _facts({key: value}, "", places, found.faults, tables=with_tables)
    return found


def _text(data: bytes) -> str:
    if len(data) > _MAX_BYTES:
        raise ValueError(f"it has more than {_MAX_BYTES} bytes")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8 text; save it as UTF-8") from None


def _malformed(error: Exception) -> str:
    where = re.search(r"\s*\(at line ([0-9]+), column [0-9]+\)", str(error))
    if where is None:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        return f"it cannot be read as TOML: {reason.rstrip('.')}."
    reason = str(error)[: where.start()]
    return (
        f"line {where.group(1)}: this is no TOML ({reason}). "
        'Write one fact a line, such as issuer = "The Authority".'
    )


def _facts(
    values: Mapping[str, Any],
    table: str,
    places: Mapping[tuple[str, str], int],
    faults: list[str],
    *,
    tables: bool = False,
) -> dict[str, str]:
    good = {}
    for key, value in values.items():
        try:
            good[key] = _value(key, value, tables=tables)
        except ValueError as error:
            known = ((table, key), (key, ""), (table, ""))
            line = next((places[place] for place in known if place in places), 0)
            faults.append(f"line {line}: {error}" if line else str(error))
    return good


def _value(key: str, value: object, *, tables: bool) -> str:
    if key not in KEYS:
        raise ValueError(_unknown(key, value, tables=tables))
    if key == "date":
        return _date(value)
    if not isinstance(value, str):
        raise ValueError(
            f"{key} must be text in quotes, not {_described(value)}. "
            f'Write {key} = "…", or leave the line out.'
        )
    text = " ".join(value.split())
    if key != "language":
        return text
    code = normalise_code(text)
    if code not in LANGUAGES:
        raise ValueError(
            f'language = "{text}" is no language that is known. Use one of {", ".join(LANGUAGES)}.'
        )
    return code


def _unknown(key: str, value: object, *, tables: bool) -> str:
    near = get_close_matches(key.lower(), KEYS, 1)
    meant = f" Did you mean {near[0]}?" if near else ""
    if isinstance(value, dict) and not tables:
        return (
            f"the table [{key}] has no meaning here. Tables for files stand in the corpus.toml at "
            "the top of the corpus, their names in quotes."
        )
    return f"the key {key} is unknown.{meant} The keys are {', '.join(KEYS)}."


def _date(value: object) -> str:
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    text = str(value).strip() if isinstance(value, (str, int)) else ""
    match = _ISO.fullmatch(text)
    if match is not None:
        year, month, day = (int(part or 1) for part in match.groups())
        try:
            datetime.date(year, month, day)
        except ValueError:
            pass
        else:
            return text
    elif value == "":
        return ""
    shown = value if isinstance(value, (str, int)) else _described(value)
    raise ValueError(f"date = {shown} is no date. Write 2024, 2024-06 or 2024-06-28, in quotes.")


def _described(value: object) -> str:
    kinds = {bool: "true or false", int: "a number", float: "a number", list: "a list"}
    return kinds.get(type(value), "a table" if isinstance(value, dict) else "a date or time")


def _places(text: str) -> dict[tuple[str, str], int]:
    """Lines (from 1) by table and key; a table's own line under the key ``""``."""
    places: dict[tuple[str, str], int] = {}
    table = ""
    for number, line in enumerate(text.split("\n"), start=1):
        names = list(_names(line))
        if line.lstrip().startswith("["):
            table = names[0] if names else table
            places.setdefault((table, ""), number)
        elif names:
            places.setdefault((table, names[0]), number)
    return places


def _names(line: str) -> Iterator[str]:
    """The first key of a line that is a table's header or one assignment."""
    head = line.strip() if line.lstrip().startswith("[") else line.partition("=")[0] + "= 0"
    try:
        yield from tomllib.loads(head)
    except (ValueError, RecursionError):
        return
