"""What was used last is remembered, and no more."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.recent import Recent

STEPS = st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.integers()), max_size=60)


@given(STEPS, st.integers(1, 4))
def test_it_has_the_values_of_the_keys_used_last(
    steps: list[tuple[bool, int, int]], kept: int
) -> None:
    recent: Recent[int, int] = Recent(kept)
    # The longest unused first.
    known: list[tuple[int, int]] = []
    for puts, key, value in steps:
        held = dict(known).get(key)
        if puts:
            recent.put(key, value)
            held = value
        else:
            assert recent.get(key, None) == held
        if held is not None:
            known = [(k, v) for k, v in known if k != key] + [(key, held)]
        known = known[-kept:]


def test_what_is_put_may_be_nothing() -> None:
    recent: Recent[str, None] = Recent(1)
    assert recent.get("a", 1) == 1
    recent.put("a", None)
    assert recent.get("a", 1) is None
