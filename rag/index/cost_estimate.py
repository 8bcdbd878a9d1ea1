"""What a build will cost, said before it begins to cost it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from rag.index.stages import Encoder

_MOST_TRIED = 8
_ONE_IN = 100


def announce_other_model(
    encoder: Encoder, texts: Sequence[str], languages: Sequence[str], say: Callable[[str], None]
) -> None:
    """Say that the model is another one, how many ``texts`` are encoded anew and how long it takes.

    Where there are many, a few are encoded to tell: about one in a hundred.
    """
    count, tried = len(texts), min(_MOST_TRIED, len(texts) // _ONE_IN)
    seconds = 0.0
    if tried:
        # Evenly spread, since passages of one report are alike; once before, to load the model.
        places = range(0, count, count // tried)[:tried]
        encoder.encode_passages([texts[0]], [languages[0]], None)
        begun = time.monotonic()
        encoder.encode_passages([texts[i] for i in places], [languages[i] for i in places], None)
        seconds = (time.monotonic() - begun) / tried * count
    say(
        "The index was built with another embedding model: all its passages are encoded anew, "
        f"{count} texts, {duration(seconds)}. Until that is done, the index stays as it is."
    )


def duration(seconds: float) -> str:
    """``seconds`` in round words."""
    if seconds < 60:
        return "less than a minute"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"about {minutes} minute{'s' if minutes > 1 else ''}"
    return f"about {round(seconds / 3600)} hours"
