"""Running the command line inside the tests' process, and a small corpus in several languages."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[1]

THEFT_EN = """# Review of the theft at Northgate Exchange

## 1 What happened

On 14 March 2023 attackers took 41 million euros of customers' assets from the hot wallet.
The exchange noticed the theft after 19 hours. Its night shift had been cut to one person.

## 2 Causes

The private keys of the hot wallet lay on a server that three contractors could reach.
No second signature was needed for transfers below 500,000 euros.

## 3 Rules

Article 7 requires an exchange to report a theft to the Authority within 24 hours.
Article 12 requires at least 95 per cent of customers' assets to be kept offline.
"""

LIQUIDITY_HANT = """流動性壓力測試通報

一、測試結果

受測銀行共十二家,其中三家的流動性覆蓋率在壓力情境下低於百分之八十。最低者為東灣銀行,覆蓋率僅為百分之六十一。

二、改善要求

第七條規定,銀行應於三十日內提出改善計畫。
董事會應每季審查流動性風險限額。
"""

AUDIT_AR = """تقرير التدقيق الداخلي

أولا: النتائج

لم يراجع مجلس الإدارة سجل عقود الإسناد الخارجي منذ سنتين.
بلغ عدد العقود غير المسجلة سبعة وثلاثين عقدا.

ثانيا: المتطلبات

تلزم المادة ٧ المصرف بإبلاغ السلطة خلال خمسة أيام عمل.
"""

CONTINUITY_JA = """<!doctype html><html lang="ja"><head><meta charset="utf-8">
<title>業務継続に関する点検結果</title></head><body>
<h1>業務継続に関する点検結果</h1>
<h2>点検の結果</h2>
<p>点検した五社のうち、四社は復旧訓練を一年以上実施していなかった。</p>
<p>基幹システムの復旧には平均で十一時間を要した。</p>
<h2>求められる対応</h2>
<table><tr><th>項目</th><th>期限</th></tr><tr><td>復旧訓練の実施</td><td>六か月以内</td></tr></table>
</body></html>
"""

TEXTS = {
    "theft-review.en.md": THEFT_EN,
    "通報/流動性.zh-Hant.txt": LIQUIDITY_HANT,
    "audit report 2023.ar.txt": AUDIT_AR,
    "continuity.ja.html": CONTINUITY_JA,
}
"""The reports of the small corpus, by path."""

SAMPLES = ("drills/tlpt-summary-2023.ja.docx", "rulebook/outsourcing-cloud-rules-2022.en.pdf")
"""Reports of the sample corpus that lie beside them: a Word document and a PDF."""

QUERIES = [
    {
        "id": "en-theft",
        "query": "How many hours did it take to notice the theft?",
        "lang": "en",
        "answers": ["19 hours"],
        "evidence": [{"doc": "theft-review.en", "quote": "noticed the theft after 19 hours"}],
    },
    {
        "id": "zh-liquidity",
        "query": "哪一家銀行的流動性覆蓋率最低?",
        "lang": "zh-Hant",
        "answers": ["東灣銀行"],
        "evidence": [{"doc": "通報/流動性.zh-Hant.txt", "quote": "最低者為東灣銀行"}],
    },
    {
        "id": "ar-contracts",
        "query": "كم بلغ عدد العقود غير المسجلة؟",
        "lang": "ar",
        "answers": ["سبعة وثلاثين"],
        "evidence": [{"doc": "audit report 2023.ar", "page": 1}],
    },
    {
        "id": "none",
        "query": "Who won the chess championship in Reykjavik?",
        "lang": "en",
        "answers": [],
        "evidence": [],
    },
]


@dataclass(frozen=True)
class Result:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON object on stdout."""
        return json.loads(self.out)


@lru_cache(maxsize=1)
def _loaders() -> list[tuple[ModuleType, str, Callable[..., object]]]:
    """What loads a model, made to load each once: commands would load it anew each time."""
    from rag.encoder import onnx_backend, torch_backend
    from rag.reader_model import model

    places = (
        (onnx_backend, "OnnxBackend"),
        (torch_backend, "_load"),
        (model, "ReaderModel"),
    )
    return [(at, name, lru_cache(maxsize=4)(getattr(at, name))) for at, name in places]


def call(*arguments: str | Path) -> Result:
    """Run ``rag ARGUMENTS`` in this process."""
    from rag.cli import main

    patch = pytest.MonkeyPatch()
    for module, name, loader in _loaders():
        patch.setattr(module, name, loader)
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    patch.setattr(sys, "argv", ["rag", *map(str, arguments)])
    patch.setattr(sys, "stdout", out)
    patch.setattr(sys, "stderr", err)
    code: int | str | None = 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code
    finally:
        patch.undo()
    texts = [stream.buffer.getvalue().decode() for stream in (out, err)]  # type: ignore[attr-defined]
    assert isinstance(code, int)
    assert "Traceback" not in texts[1]
    assert "should not have happened" not in texts[1]
    return Result(code, *texts)


class Rag:
    """``rag`` in the folder ``place``."""

    def __init__(self, place: Path, patch: pytest.MonkeyPatch) -> None:
        self.place = place
        self._patch = patch
        for name in list(os.environ):
            if name.startswith("RAG_"):
                patch.delenv(name)

    def __call__(self, *arguments: str | Path, **environment: str) -> Result:
        """Run a command; the names in ``environment`` are set for it alone."""
        with self._patch.context() as patch:
            patch.chdir(self.place)
            for name, value in environment.items():
                patch.setenv(name, value)
            return call(*arguments)

    def fails(self, *arguments: str | Path, **environment: str) -> str:
        """What a command says that fails; asserts exit 1 and that it complains once."""
        result = self(*arguments, **environment)
        assert result.code == 1, result
        progress, mark, complaint = f"\n{result.err}".partition("\nrag: ")
        assert mark and "\nrag: " not in complaint, result.err
        assert "rror" not in progress
        return complaint.strip()


@dataclass(frozen=True)
class Library:
    """A corpus, its index, a file of test queries, and what ``rag index --json`` said."""

    corpus: Path
    index: Path
    queries: Path
    report: dict[str, Any]

    def copy(self, folder: Path) -> Path:
        """A copy of the index that may be changed."""
        return Path(shutil.copytree(self.index, folder / "copy"))


def write_corpus(folder: Path) -> Path:
    """Write the small corpus into ``folder``."""
    for name, text in TEXTS.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    for name in SAMPLES:
        shutil.copy(REPOSITORY / "corpus" / name, folder / Path(name).name)
    return folder


def make_library(folder: Path) -> Library:
    """Write the small corpus and build its index through the command line."""
    corpus, index = write_corpus(folder / "corpus"), folder / "index"
    queries = folder / "queries.jsonl"
    lines = [json.dumps(query, ensure_ascii=False) for query in QUERIES]
    queries.write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = call("index", corpus, "--index", index, "--json")
    assert result.code == 0, result.err
    return Library(corpus, index, queries, result.json)
