"""Say whether the installed package answers, and no checkout; run where it is installed."""

from __future__ import annotations

import json
import sys
from importlib.metadata import requires, version
from pathlib import Path

from packaging.requirements import Requirement

import rag
from rag.distribution import DISTRIBUTION

repository, index, answered = map(Path, sys.argv[1:])

place = Path(rag.__file__).resolve()
assert place.is_relative_to(Path(sys.prefix).resolve()), f"rag is imported from {place}"
assert not place.is_relative_to(repository.resolve()), f"rag is imported from {place}"
assert rag.__version__ == version(DISTRIBUTION), rag.__version__

for line in requires(DISTRIBUTION) or []:
    requirement = Requirement(line)
    if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
        installed = version(requirement.name)
        assert requirement.specifier.contains(installed, prereleases=True), (line, installed)

answer = json.loads(answered.read_text("utf-8"))
assert not answer["refused"], answer
assert answer["citations"], answer
assert answer["citations"][0]["document"].startswith("outsourcing-cloud-rules"), answer
assert "4.2" in answer["answer"] or "sub-contract" in answer["answer"].lower(), answer
# The library answers as the command does.
said = rag.Rag(index).ask(answer["query"])
assert said.text == answer["answer"], said

print(f"{DISTRIBUTION} {rag.__version__} answers from {place.parent}: {answer['answer']}")
