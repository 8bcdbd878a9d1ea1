"""Text from a language model behind any server that speaks OpenAI's chat interface.

Nothing the server says of its failures is passed on: it may repeat the key.
"""

from __future__ import annotations

import queue
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypedDict
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from openai import OpenAI

Failure = Literal[
    "unreachable",
    "slow",
    "busy",
    "refused",
    "failed",
    "garbled",
    "empty",
    "cut",
    "repetition",
    "uncited",
    "language",
    "unproven",
]
"""Why a model's answer cannot be had or used; ``rag.answering.wording`` has the sentences."""

_LONGEST_WAIT = 5.0
"""Seconds a busy server is waited for, when it says that no more are needed."""

_HERE = frozenset({"127.0.0.1", "localhost", "::1"})
_MOST_TOKENS = 800
_MOST_CHARACTERS = 12_000
_REPEATED = re.compile(r"(\S.{5,159}?)\1{3,}\s*$", re.DOTALL)
_REPEATED_CHARACTER = re.compile(r"(.{1,5}?)\1{29,}$", re.DOTALL)
_TAIL = 800


class Message(TypedDict):
    """One message of a chat."""

    role: Literal["system", "user"]
    content: str


class GenerationError(Exception):
    """The model gave no whole text; ``failure`` says why, and nothing else is known of it."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure: Failure = failure


class LanguageModel(Protocol):
    """Messages to text, piece by piece."""

    @property
    def name(self) -> str:
        """What the model is called."""

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """Pieces of the reply as they come; raises GenerationError."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds until the first piece of a reply, and until its end."""

    first: float
    whole: float


class ChatModel:
    """A model behind an OpenAI-compatible server; safe to share by threads.

    ``key`` goes to ``base_url`` and nowhere else; what other programs keep for OpenAI in the
    environment is not sent.
    """

    def __init__(
        self, base_url: str, model: str, *, patience: Patience, key: str | None = None
    ) -> None:
        from openai import DefaultHttpxClient, OpenAI

        self.name = model
        self._patience = patience
        client = OpenAI(
            base_url=base_url,
            api_key=key or "none",
            admin_api_key="",
            organization="",
            project="",
            max_retries=0,
            timeout=self._patience.first,
            # No proxy can pass on what is meant for this machine.
            http_client=DefaultHttpxClient(trust_env=urlsplit(base_url).hostname not in _HERE),
        )
        client.organization = client.project = client.admin_api_key = None
        self._client = client

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """Pieces of the reply as they come; temperature 0, a fixed seed.

        Raises GenerationError for a server that cannot be reached or answers badly, for a reply
        that comes too late or goes in circles, and for one that does not come to its end.
        """
        until = time.monotonic() + self._patience.whole
        for attempt in (1, 2):
            try:
                yield from self._once(messages, until)
            except _Busy as busy:
                patient = busy.wait is not None and busy.wait <= _LONGEST_WAIT
                if attempt == 2 or not patient or time.monotonic() + (busy.wait or 0) >= until:
                    raise GenerationError("busy") from None
                time.sleep(busy.wait or 0)
            else:
                return

    def _once(self, messages: Sequence[Message], until: float) -> Iterator[str]:
        reading = _Reading(lambda: _pieces(self._client, self.name, messages))
        text = ""
        try:
            for piece in reading.pieces(min(until, time.monotonic() + self._patience.first), until):
                text += piece
                if len(text) > _MOST_CHARACTERS or goes_in_circles(text):
                    raise GenerationError("repetition")
                yield piece
        finally:
            reading.close()
        if not text.strip():
            raise GenerationError("empty")


def goes_in_circles(text: str) -> bool:
    """Whether ``text`` ends in the same words again and again."""
    tail = text[-_TAIL:]
    return bool(_REPEATED.search(tail) or _REPEATED_CHARACTER.search(tail))


class _Busy(Exception):
    """The server has too much to do; ``wait`` is the seconds it asks for, None for unknown."""

    def __init__(self, wait: float | None) -> None:
        super().__init__("busy")
        self.wait = wait


class _Reading:
    """Reads in a thread of its own: a server that sends a byte now and then never times out."""

    def __init__(self, open_stream: Callable[[], Iterator[str]]) -> None:
        self._queue: queue.Queue[str | Exception | None] = queue.Queue()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._read, args=(open_stream,), daemon=True)
        self._thread.start()

    def pieces(self, first: float, last: float) -> Iterator[str]:
        """The pieces, the first before ``first`` and all before ``last`` on the monotonic clock."""
        deadline = first
        while True:
            try:
                item = self._queue.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise GenerationError("slow") from None
            if item is None:
                return
            if isinstance(item, Exception):
                raise item
            deadline = last
            yield item

    def close(self) -> None:
        """Let the thread end with the next thing that the server sends."""
        self._closed.set()

    def _read(self, open_stream: Callable[[], Iterator[str]]) -> None:
        try:
            for piece in open_stream():
                if self._closed.is_set():
                    return
                if piece:
                    self._queue.put(piece)
            self._queue.put(None)
        except (GenerationError, _Busy) as error:
            self._queue.put(error)
        except Exception as error:
            self._queue.put(_as_failure(error))


def _pieces(client: OpenAI, model: str, messages: Sequence[Message]) -> Iterator[str]:
    """The reply's pieces, the empty ones too; raises what the client does, or GenerationError."""
    ended = False
    asked: list[Any] = list(messages)
    with client.chat.completions.create(
        model=model,
        messages=asked,
        temperature=0,
        seed=0,
        max_tokens=_MOST_TOKENS,
        stream=True,
    ) as reply:
        for chunk in reply:
            choices = getattr(chunk, "choices", None)
            if choices is None:
                raise GenerationError("garbled")
            if not choices:
                yield ""
                continue
            if choices[0].finish_reason not in {None, "stop"}:
                raise GenerationError("cut")
            ended = ended or choices[0].finish_reason == "stop"
            content = choices[0].delta.content
            if content is not None and not isinstance(content, str):
                raise GenerationError("garbled")
            yield content or ""
    if not ended:
        raise GenerationError("cut")


def _as_failure(error: Exception) -> Exception:
    """What went wrong, without the words of the server."""
    import openai

    if isinstance(error, openai.RateLimitError):
        return _Busy(_seconds(error.response.headers.get("retry-after")))
    known: tuple[tuple[type[Exception], Failure], ...] = (
        (openai.APITimeoutError, "slow"),
        (openai.APIConnectionError, "unreachable"),
        (openai.AuthenticationError, "refused"),
        (openai.PermissionDeniedError, "refused"),
        (openai.APIError, "failed"),
    )
    for kind, failure in known:
        if isinstance(error, kind):
            return GenerationError(failure)
    if type(error).__module__.partition(".")[0] in {"httpx", "httpx2", "httpcore", "httpcore2"}:
        return GenerationError("slow" if "Timeout" in type(error).__name__ else "cut")
    return GenerationError("garbled")


def _seconds(header: str | None) -> float | None:
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None
