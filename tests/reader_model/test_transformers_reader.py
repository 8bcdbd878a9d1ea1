"""Models of ``transformers`` as the reader: random ones, made here, of both kinds."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.reader_model.inputs import TableRows, linearise
from rag.reader_model.passages import ReaderPassage
from rag.reader_model.transformers_reader import TransformersReader

WORDS = [
    "how",
    "much",
    "did",
    "the",
    "bank",
    "lose",
    "theft",
    "board",
    "cost",
    "million",
    "rows",
    "a",
    "b",
    ":",
    "|",
    "2019",
    "1",
    "2",
]


def save_model(folder: Path, kind: str) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import (
        BertConfig,
        BertForQuestionAnswering,
        BertForSequenceClassification,
        PreTrainedTokenizerFast,
    )

    vocabulary = {word: i for i, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        model_max_length=64,
    ).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=64,
        num_labels=1 if kind == "cross" else 2,
    )
    model = BertForSequenceClassification if kind == "cross" else BertForQuestionAnswering
    model(config).save_pretrained(folder)


def test_spans_of_a_question_answering_model_are_places_of_the_passage(tmp_path: Path) -> None:
    save_model(tmp_path, "qa")
    reader = TransformersReader(str(tmp_path))
    text = "a\t1\t2\nthe bank did lose 2 million"
    linear = linearise(text, [TableRows(0, 5, (("", "2019", "b"),))])
    (read,) = reader.read("how much did the bank lose", [ReaderPassage("the board", linear)])
    assert 0 <= read.start < read.end <= len(text)
    words = {text[a:b] for a, b in read.tokens if a >= 0}
    assert words == {"a", "1", "2", "the", "bank", "did", "lose", "million"}
    assert read.logit == pytest.approx(read.margin / 2)


def test_a_passage_longer_than_the_models_window_is_read_to_its_end(tmp_path: Path) -> None:
    save_model(tmp_path, "qa")
    text = "the bank " * 100 + "theft"
    (read,) = TransformersReader(str(tmp_path)).read(
        "how much", [ReaderPassage("", linearise(text))]
    )
    assert read.tokens.max() == len(text)


def test_a_cross_encoder_gives_a_logit_alone(tmp_path: Path) -> None:
    from sentence_transformers import CrossEncoder
    from torch import nn

    save_model(tmp_path, "cross")
    passages = [ReaderPassage("", linearise(text)) for text in ("the bank", "theft cost")]
    read = TransformersReader(str(tmp_path)).read("how much", passages)
    own = CrossEncoder(str(tmp_path), device="cpu").predict(
        [("how much", "the bank"), ("how much", "theft cost")], activation_fn=nn.Identity()
    )
    assert [one.logit for one in read] == pytest.approx(own.tolist(), abs=1e-5)
    assert all(one.margin == float("-inf") for one in read)


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    reader = TransformersReader(str(tmp_path))
    with pytest.raises(ModelError, match=str(tmp_path)):
        reader.read("how much", [ReaderPassage("", linearise("the bank"))])


@pytest.mark.parametrize("kind", ["qa", "cross"])
@pytest.mark.parametrize("question", ["how much " * 2000, "", "\ud800 how", "\0"])
def test_any_question_is_read(tmp_path: Path, kind: str, question: str) -> None:
    save_model(tmp_path, kind)
    passages = [ReaderPassage("", linearise(text)) for text in ("the bank", "", "\udfff theft")]
    read = TransformersReader(str(tmp_path)).read(question, passages)
    assert len(read) == 3
    assert all(one.logit == one.logit for one in read)


def test_a_long_question_leaves_room_for_the_passage(tmp_path: Path) -> None:
    save_model(tmp_path, "qa")
    (read,) = TransformersReader(str(tmp_path)).read(
        "how much " * 2000, [ReaderPassage("", linearise("the bank did lose"))]
    )
    assert [tuple(span) for span in read.tokens] == [(0, 3), (4, 8), (9, 12), (13, 17)]


def test_threads_share_one(tmp_path: Path) -> None:
    save_model(tmp_path, "qa")
    reader = TransformersReader(str(tmp_path))
    texts = ["the bank " * length for length in range(1, 21)]

    def logit(text: str) -> float:
        return reader.read("how much", [ReaderPassage("", linearise(text))])[0].logit

    alone = [logit(text) for text in texts]
    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(logit, texts, timeout=120)) == alone
