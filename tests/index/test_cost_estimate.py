"""What a long build is said to cost, in round words."""

import pytest

from rag.index.cost_estimate import announce_other_model, duration


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a minute"),
        (59.9, "less than a minute"),
        (60, "about 1 minute"),
        (89, "about 1 minute"),
        (120, "about 2 minutes"),
        (89 * 60, "about 89 minutes"),
        (90 * 60, "about 2 hours"),
        (5 * 3600, "about 5 hours"),
    ],
)
def test_durations_in_round_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


class Counting:
    """Remembers what it was given to encode."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def encode_passages(self, texts: list[str], languages: list[str], progress: object) -> None:
        assert len(texts) == len(languages)
        self.calls.append(texts)


@pytest.mark.parametrize(
    ("count", "tried"),
    [
        (99, None),  # too few to try any
        (100, ["0"]),
        (250, ["0", "125"]),
        (5_000, [str(625 * i) for i in range(8)]),  # eight at most, evenly spread
    ],
)
def test_one_passage_in_a_hundred_is_encoded_to_tell(count: int, tried: list[str] | None) -> None:
    encoder, said = Counting(), list[str]()
    texts = [str(number) for number in range(count)]
    announce_other_model(encoder, texts, ["en"] * count, said.append)  # type: ignore[arg-type]
    assert f"{count} texts, less than a minute" in said[0]
    # One is encoded first, to load the model.
    assert encoder.calls == ([] if tried is None else [["0"], tried])
