"""Checking a record: is the chain whole, and do the same questions still get the same answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from rag.answering import Assistant
from rag.audit.chain import FIRST, Fault, check, entry, line_hash
from rag.audit.entry import passage
from rag.audit.ledger import read_lines
from rag.errors import RagError
from rag.index import Engine
from rag.json_contract import AuditJson, answer_to_json
from rag.retrieval.retriever import Filters
from rag.schema import Hit

SCORE_TOLERANCE = 1e-6
"""How far a score may be from the one recorded."""

AssistantFor = Callable[[str, Mapping[str, Any]], Assistant]
"""A generation's name and an entry's settings to what answers from that generation."""

_JSON = TypeAdapter(AuditJson)
_ANSWER = ("refused", "answer", "sentences", "citations")


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of asking an entry's question again.

    ``outcome`` is ``same``, ``differs``, ``gone`` (its generation is not kept any more) or
    ``unusable`` (it cannot be opened as it was); ``details`` are sentences that say more.
    """

    line: int
    generation: str
    outcome: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Audit:
    """What became of checking a record; ``head`` is the hash of its last line."""

    lines: int
    head: str
    faults: tuple[Fault, ...]
    replayed: tuple[Replayed, ...]

    @property
    def ok(self) -> bool:
        """Whether the chain is whole and nothing came out otherwise; what is gone is no fault."""
        return not self.faults and all(r.outcome in {"same", "gone"} for r in self.replayed)

    def as_json(self) -> AuditJson:
        """The object of ``rag audit --json``."""
        return _JSON.validate_python({**asdict(self), "ok": self.ok})

    def count(self, outcome: str) -> int:
        """How many entries had this outcome."""
        return sum(1 for one in self.replayed if one.outcome == outcome)


def audit(
    path: Path,
    engine: Engine,
    assistant_for: AssistantFor | None,
    *,
    head: str | None = None,
    progress: Callable[[str, int], Callable[[int], None]] | None = None,
) -> Audit:
    """Check the record in ``path``, and answer again from the index of ``engine``.

    Without ``assistant_for`` the chain alone is checked. Raises RagError where there is no record.
    """
    lines, rest = read_lines(path)
    faults = check(lines, head)
    if rest:
        what = f"After line {len(lines)} stand {len(rest)} bytes of a line that was cut off."
        faults.append(Fault(len(lines) + 1, f"{what} The next entry moves them aside."))
    known = [(number, entry(line)) for number, line in enumerate(lines, start=1)]
    entries = [(number, values) for number, values in known if values is not None]
    replayed: tuple[Replayed, ...] = ()
    if assistant_for is not None:
        generations = engine.generations()
        advance = progress("answering again", len(entries)) if progress else lambda _: None
        replayed = tuple(_replays(entries, generations, assistant_for, advance))
    return Audit(len(lines), line_hash(lines[-1]) if lines else FIRST, tuple(faults), replayed)


def _replays(
    entries: Sequence[tuple[int, dict[str, Any]]],
    generations: Sequence[str],
    assistant_for: AssistantFor,
    advance: Callable[[int], None],
) -> Iterator[Replayed]:
    present = set(generations)
    opened: tuple[str, Assistant] | None = None
    for line, values in entries:
        name = str(values.get("generation", ""))
        if name not in present:
            yield Replayed(line, name, "gone")
        else:
            try:
                settings = _settings(values)
                key = f"{name} {sorted(settings.items())}"
                if opened is None or opened[0] != key:
                    opened = key, assistant_for(name, settings)
                details = tuple(_differences(values, opened[1]))
                yield Replayed(line, name, "differs" if details else "same", details)
            except RagError as error:
                yield Replayed(line, name, "unusable", (str(error),))
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                what = f"The entry lacks what an answer has ({type(error).__name__}: {error})."
                yield Replayed(line, name, "unusable", (what,))
        advance(1)


def _settings(values: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that an entry's answer was made with."""
    settings = dict(values.get("settings") or {})
    return {**settings, "mode": "hybrid"} if values.get("format") == 1 else settings


def _differences(values: Mapping[str, Any], assistant: Assistant) -> Iterator[str]:
    """What comes out otherwise than recorded, as sentences."""
    index = assistant.index()
    if dict(index.manifest.fingerprints) != values["fingerprints"]:
        yield "The generation has other fingerprints than recorded."
    filters = Filters(**values["filters"])
    # Not the question is asked again but what was searched for, which a language model may have
    # made of it.
    answer = assistant.ask(values["searched"], filters=filters, extractive=True)
    yield from _passages(values["passages"], answer.hits)
    # A language model need not say the same twice; what it was given must be the same.
    if values["generator"] == "extractive":
        again: Mapping[str, Any] = {**answer_to_json(answer)}
        yield from (f"Its {n} is another one." for n in _ANSWER if again[n] != values[n])
    for citation in values["citations"]:
        text = index.document(citation["document"]).text
        if text[citation["start"] : citation["end"]] != citation["quote"]:
            yield f"Quote {citation['id']} does not stand at its place in {citation['document']}."


def _passages(recorded: Sequence[Mapping[str, Any]], hits: Sequence[Hit]) -> Iterator[str]:
    if len(recorded) != len(hits):
        yield f"{len(hits)} passages are found where {len(recorded)} were."
    for rank, (before, hit) in enumerate(zip(recorded, hits, strict=False), start=1):
        now = passage(hit)
        if now["id"] != before["id"]:
            yield f"Passage {rank} is {now['id']} where {before['id']} was."
        elif now["sha256"] != before["sha256"]:
            yield f"Passage {rank} ({now['id']}) has another text."
        elif not abs(now["score"] - before["score"]) <= SCORE_TOLERANCE:
            yield f"Passage {rank} has the score {now['score']:.8f}; it was {before['score']:.8f}."
