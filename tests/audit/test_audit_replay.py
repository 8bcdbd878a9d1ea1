"""Which assistant answers the questions of a record again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from rag.audit import verification


def test_each_generation_and_setting_is_opened_once_in_a_row_and_answers_its_own() -> None:
    opened: list[tuple[str, dict[str, Any]]] = []

    def assistant_for(generation: str, settings: dict[str, Any]) -> Any:
        opened.append((generation, settings))
        index = SimpleNamespace(manifest=SimpleNamespace(fingerprints={"of": generation}))
        return SimpleNamespace(index=lambda: index)

    entries: list[tuple[int, dict[str, Any]]] = [
        (1, {"generation": "a"}),
        (2, {"generation": "a"}),
        (3, {"generation": "gone"}),
        (4, {"generation": "b"}),
        (5, {"generation": "b", "settings": {"mode": "dense"}}),
    ]
    advanced: list[int] = []
    replayed = list(
        verification._replays(entries, ["a", "b"], cast(Any, assistant_for), advanced.append)
    )
    assert opened == [("a", {}), ("b", {}), ("b", {"mode": "dense"})]
    # These entries lack the rest of what was answered, which is told and stops nothing.
    assert [(one.line, one.generation, one.outcome) for one in replayed] == [
        (1, "a", "unusable"),
        (2, "a", "unusable"),
        (3, "gone", "gone"),
        (4, "b", "unusable"),
        (5, "b", "unusable"),
    ]
    assert sum(advanced) == len(entries)
