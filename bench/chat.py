"""How long a person waits in the chat, and what it bears: a real server, a real browser.

In the browser, the model loaded: from Enter to the first words of the answer on the page (each
question for the first time, and all of them again), from a touch on a citation to its page's
picture on the screen (drawn for the first time, and again). Over HTTP, by
the named interface: ``--people`` who ask at once, each ``--questions`` one after another; every
answer must be the one that the same question got alone.

    python -m bench.chat [--index DIR] [--queries FILE] [--people 20] [--questions 10]

Needs Chromium (CHROMIUM names it) and the test tools.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import numpy as np

from bench.measuring import machine, say, table

SENT = """(question) => {
  const box = document.querySelector("#question textarea");
  const before = document.querySelectorAll(".answer").length;
  window.waited = new Promise((done) => {
    let start;
    box.addEventListener("keypress", () => { start = performance.now(); }, { once: true });
    const look = new MutationObserver(() => {
      const answers = document.querySelectorAll(".answer");
      if (answers.length > before && answers[answers.length - 1].innerText.trim()) {
        look.disconnect();
        requestAnimationFrame(() => done(performance.now() - start));
      }
    });
    look.observe(document.body, { childList: true, subtree: true });
  });
}"""

TOUCHED = """(cite) => new Promise((done) => {
  const start = performance.now();
  const look = new MutationObserver(() => {
    if (!document.querySelector("#sheet .leafs")) return;
    const pictures = [...document.querySelectorAll("#sheet img[src]")];
    look.disconnect();
    if (!pictures.length) return done(null);
    Promise.all(pictures.map((one) => one.decode())).then(
      () => requestAnimationFrame(() => done(performance.now() - start)));
  });
  look.observe(document.querySelector("#sheet"), {
    childList: true, subtree: true, attributes: true });
  cite.click();
})"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, default=Path("index"))
    parser.add_argument("--queries", type=Path, default=Path("corpus/queries.jsonl"))
    parser.add_argument("--port", type=int, default=7861)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--questions", type=int, default=10)
    arguments = parser.parse_args()
    lines = arguments.queries.read_text("utf-8").splitlines()
    queries = [json.loads(line) for line in lines if line.strip()]
    questions = [query["query"] for query in queries if query["evidence"]]
    say(machine())
    with served(arguments.index, arguments.port) as address:
        print(table(*in_browser(address, questions)))
        print(table(*at_once(address, questions, arguments.people, arguments.questions)))


@contextmanager
def served(index: Path, port: int) -> Iterator[str]:
    command = [sys.executable, "-m", "rag", "serve", "--index", str(index), "--port", str(port)]
    # Limits are each person's: the browser asks more than a person, and people are told apart as by
    # a proxy.
    environment = {
        **os.environ, "RAG_QUESTIONS_PER_MINUTE": "0", "RAG_TRUSTED_PROXY": "127.0.0.1"
    }  # fmt: skip
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        assert server.stderr is not None
        for line in server.stderr:
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            if found:
                yield found.group()
                return
        raise SystemExit("The server ended before it said its address.")
    finally:
        server.terminate()
        server.wait(20)


def in_browser(address: str, questions: Sequence[str]) -> tuple[list[str], list[list[object]]]:
    from playwright.sync_api import sync_playwright

    asked: list[float] = []
    asked_again: list[float] = []
    first: list[float] = []
    again: list[float] = []
    seen: set[str] = set()
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu", "--no-first-run"],
        )
        page = chromium.new_page(viewport={"width": 1440, "height": 900})
        page.goto(address)
        page.wait_for_selector("#narrowing .toggle")
        for number, question in enumerate([*questions, *questions]):
            if number % 5 == 0 and number:
                page.click("#clear")
                page.wait_for_selector(".example")
            page.fill("#question textarea", question)
            page.evaluate(SENT, question)
            page.press("#question textarea", "Enter")
            answers = asked if number < len(questions) else asked_again
            answers.append(page.evaluate("window.waited"))
            page.wait_for_function(
                "n => document.querySelectorAll('.turn .tools').length === n", arg=number % 5 + 1
            )
            for cite in page.query_selector_all(".turn:last-of-type .cite"):
                place = cite.evaluate("cite => Object.values(cite.dataset).slice(1).join()")
                for waits in (again,) if place in seen else (first, again):
                    waited = cite.evaluate(TOUCHED)
                    page.keyboard.press("Escape")
                    if waited is not None:
                        waits.append(waited)
                seen.add(place)
        chromium.close()
    names = (
        "Enter to the answer",
        "the same questions again",
        "citation to its page",
        "the same page again",
    )
    head = ["wait in the browser", "times", "median, ms", "95 %, ms"]
    return head, [
        [name, len(waits), median(waits), float(np.percentile(waits, 95))]
        for name, waits in zip(names, (asked, asked_again, first, again), strict=True)
    ]


def at_once(
    address: str, questions: Sequence[str], people: int, each: int
) -> tuple[list[str], list[list[object]]]:
    expected = {question: ask(address, question)[0] for question in questions}

    def person(number: int) -> list[tuple[bool, float]]:
        own = [questions[(number * each + turn) % len(questions)] for turn in range(each)]
        asked = ((question, ask(address, question, number)) for question in own)
        return [(answer == expected[question], spent) for question, (answer, spent) in asked]

    started = time.perf_counter()
    with ThreadPoolExecutor(people) as pool:
        done = [result for one in pool.map(person, range(people)) for result in one]
    spent = time.perf_counter() - started
    waits = [1000 * wait for _, wait in done]
    head = ["people at once", "questions", "right", "a second", "median, ms", "95 %, ms"]
    right = sum(right for right, _ in done)
    row = [people, len(done), right, len(done) / spent, median(waits)]
    return head, [[*row, float(np.percentile(waits, 95))]]


def ask(address: str, question: str, person: int = 0) -> tuple[Any, float]:
    """The JSON of an answer to one ``person``, and the seconds until it was there."""
    started = time.perf_counter()
    with httpx.Client(
        base_url=f"{address}/gradio_api/call/",
        headers={"X-Forwarded-For": f"192.0.2.{person + 1}"},
        timeout=120,
        trust_env=False,
    ) as to:
        event = to.post("ask", json={"data": [question, "", "", "", "", "", ""]}).json()["event_id"]
        lines = to.get(f"ask/{event}").text.splitlines()
    done = lines.index("event: complete")
    answer = json.loads(lines[done + 1].removeprefix("data: "))[0]
    return answer, time.perf_counter() - started


if __name__ == "__main__":
    main()
