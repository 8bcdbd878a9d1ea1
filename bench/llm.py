"""What becomes of a real model's sentences: `RAG_LLM_…=… python -m bench.llm QUERIES --index DIR`.

Every answerable question of a file of test queries is asked of the model that the settings name.
Counted are sentences checked, kept and taken out and why, the questions where quotes stood in, and
whether the final answer holds the expected text, beside the answer of quotes alone.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from time import perf_counter

from rag.app import make_assistant, make_encoder
from rag.config import load_settings
from rag.evaluation.answer_match import states
from rag.evaluation.queries import read_queries
from rag.schema import Answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("queries", type=Path)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--language", help="only questions in this language")
    parser.add_argument("--limit", type=int, default=1000, help="at most so many questions")
    options = parser.parse_args()
    settings = load_settings(index=options.index)
    if not settings.llm_base_url:
        parser.error("name a server and a model: RAG_LLM_BASE_URL and RAG_LLM_MODEL")
    assistant = make_assistant(settings, make_encoder(settings))
    counts: Counter[str] = Counter()
    began = perf_counter()
    for query in read_queries(options.queries):
        if not query.answerable or options.language not in {None, query.lang}:
            continue
        if counts["questions"] == options.limit:
            break
        quoted = assistant.ask(query.query, extractive=True)
        answer = assistant.ask(query.query)
        counts["questions"] += 1
        counts["refused before asking"] += quoted.refused
        counts["answered by the model"] += answer.generator != "extractive" and not answer.refused
        counts["refused by the model"] += answer.refused and not quoted.refused
        counts[f"notice: {answer.notice.split('.')[0]}"] += bool(answer.notice)
        counts["has the expected text"] += _holds(answer, query.answers)
        counts["quotes alone have it"] += _holds(quoted, query.answers)
        if answer.checks:
            counts["sentences kept"] += answer.checks.kept
            counts["sentences taken out"] += answer.checks.removed
            for reason, number in answer.checks.reasons:
                counts[f"  by {reason}"] += number
    print(f"{settings.llm_model}, {perf_counter() - began:.0f} s")
    for name, number in counts.items():
        if number:
            print(f"{number:5d}  {name}")


def _holds(answer: Answer, expected: tuple[str, ...]) -> bool:
    language = answer.language
    return any(states(answer.text, language, text, language) for text in expected)


if __name__ == "__main__":
    main()
