"""Text recognised from pictures by Tesseract, where it is installed.

The program and its language packs come from the system, the package ``pytesseract`` from the extra
``ocr``. Each page runs in a process of its own, with one thread and a limit of time.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rag.distribution import install_command

if TYPE_CHECKING:
    from PIL.Image import Image

_START_SECONDS = 10.0
PAGE_SECONDS = 60.0
"""The longest that one page may take in one language; usual are 1 to 3 s."""

PACKS = {
    "en": "eng", "zh-Hans": "chi_sim", "zh-Hant": "chi_tra", "ar": "ara", "ja": "jpn",
    "ko": "kor", "th": "tha", "hi": "hin", "el": "ell", "he": "heb", "fa": "fas", "ur": "urd",
    "ru": "rus", "uk": "ukr", "bg": "bul", "de": "deu", "fr": "fra", "es": "spa", "it": "ita",
    "pt": "por", "nl": "nld", "ro": "ron", "tr": "tur", "vi": "vie", "id": "ind", "pl": "pol",
}  # fmt: skip
"""Tesseract's name for the pack of each language."""


@dataclass(frozen=True, slots=True)
class Ocr:
    """The recognition there is: ``packs`` are those of ``PACKS`` installed, none where it is not.

    ``advice`` is a sentence that says what to do about pages that are not recognised.
    """

    version: str
    packs: frozenset[str]
    advice: str

    @property
    def fingerprint(self) -> str:
        """Changes whenever a picture might be read otherwise."""
        return f"tesseract {self.version} {','.join(sorted(self.packs))}" if self.packs else "off"


OFF = Ocr("", frozenset(), "")
"""No recognition, because nobody asked for it."""

_TURNED_OFF = Ocr("", frozenset(), 'OCR is turned off; set ocr = "auto" to have them recognised.')
_NOT_INSTALLED = Ocr(
    "",
    frozenset(),
    "To have them recognised, install Tesseract with the report's languages and "
    f"{install_command('ocr')}.",
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word on a picture, in pixels from its upper left corner; ``confidence`` is 0 to 1."""

    text: str
    left: int
    top: int
    width: int
    height: int
    confidence: float


def find_ocr(setting: str) -> Ocr:
    """What the setting ``auto`` or ``off`` comes to on this machine; starts Tesseract once."""
    return _TURNED_OFF if setting == "off" else _installed()


@lru_cache(maxsize=1)
def _installed() -> Ocr:
    # Not by pytesseract: it imports pandas, which most builds do not need.
    program = shutil.which("tesseract")
    if find_spec("pytesseract") is None or program is None:
        return _NOT_INSTALLED
    try:
        version = _said(program, "--version").split("\n")[0].removeprefix("tesseract ").strip()
        packs = frozenset(_said(program, "--list-langs").split()) & frozenset(PACKS.values())
    except (OSError, subprocess.SubprocessError):
        return _NOT_INSTALLED
    advice = "" if packs else f"{pack_advice('eng')} Or install the packs of other languages."
    return Ocr(version, packs, advice)


def _said(program: str, option: str) -> str:
    done = subprocess.run(
        [program, option], capture_output=True, text=True, check=True, timeout=_START_SECONDS
    )
    return done.stdout


def pack_advice(pack: str) -> str:
    """What to install for a language whose pack is missing."""
    debian = "tesseract-ocr-" + pack.replace("_", "-")
    return f"Tesseract lacks the language pack {pack}; on Debian and Ubuntu install {debian}."


def recognise(picture: Image, pack: str) -> list[list[Word]] | None:
    """The lines of words that Tesseract reads, in reading order; None when it fails or takes long.

    Words are in the order they are read, also from right to left.
    """
    import pytesseract

    # Several pages are read at once by several processes; threads within one only wait for others.
    os.environ["OMP_THREAD_LIMIT"] = "1"
    try:
        found = pytesseract.image_to_data(
            picture,
            lang=pack,
            config="--psm 3",
            timeout=PAGE_SECONDS,
            output_type=pytesseract.Output.DICT,
        )
    except (RuntimeError, OSError, ValueError):  # its own errors are RuntimeErrors, a timeout too
        return None
    return _lines(found)


def _lines(found: dict[str, list[Any]]) -> list[list[Word]]:
    keys = zip(found["block_num"], found["par_num"], found["line_num"], strict=True)
    words = zip(
        keys,
        (_word(found, index) for index in range(len(found["text"]))),
        strict=True,
    )
    lines = []
    for _, line in groupby(words, key=lambda item: item[0]):
        kept = [word for _, word in line if word is not None]
        if kept:
            lines.append(kept)
    return lines


def _word(found: dict[str, list[Any]], index: int) -> Word | None:
    text = re.sub(r"\s+", "", str(found["text"][index]))
    confidence = float(found["conf"][index])
    if not text or confidence < 0:
        return None
    left, top, width, height = (
        int(found[name][index]) for name in ("left", "top", "width", "height")
    )
    return Word(text, left, top, width, height, confidence / 100)


def confidence_of(lines: list[list[Word]]) -> float:
    """The mean confidence of a page's characters, 0 to 1; 0 without any."""
    total = sum(len(word.text) for line in lines for word in line)
    if not total:
        return 0.0
    return sum(len(word.text) * word.confidence for line in lines for word in line) / total
