"""A cross-encoder orders the best passages anew."""

from pathlib import Path

import numpy as np
import pytest
from concepts import ConceptEncoder, open_reports

from rag.errors import ModelError
from rag.retrieval.reranking import Reranker
from rag.retrieval.retriever import Retriever


class Shortest:
    """Prefers short passages, whatever is asked."""

    def scores(self, question: str, passages: list[str]) -> np.ndarray:
        assert question
        return np.array([-len(passage) for passage in passages], dtype=np.float32)


def test_hybrid_hits_come_in_the_rerankers_order(tmp_path: Path) -> None:
    with open_reports(tmp_path) as index:
        plain = Retriever(index, ConceptEncoder())
        reranked = Retriever(index, ConceptEncoder(), Shortest())
        every = plain.search("the board and the theft", k=30).hits
        hits = reranked.search("the board and the theft", k=3).hits
        lengths = sorted(len(hit.chunk.text) for hit in every)
        assert [len(hit.chunk.text) for hit in hits] == lengths[:3]
        assert [hit.score for hit in hits] == [hit.score for hit in every[:3]]
        assert [hit.rank for hit in hits] == [1, 2, 3]
        only_terms = reranked.search("board", k=3, mode="bm25").hits
        assert only_terms == plain.search("board", k=3, mode="bm25").hits


def test_a_real_cross_encoder_gives_a_score_a_passage(tmp_path: Path) -> None:
    from sentence_transformers import CrossEncoder
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "bank", "board", "theft"]
    tokenizer = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", model_max_length=32
    ).save_pretrained(tmp_path)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        num_labels=1,
    )
    BertForSequenceClassification(config).save_pretrained(tmp_path)
    own = CrossEncoder(str(tmp_path), device="cpu").predict([("bank", "board"), ("bank", "theft")])
    scores = Reranker(str(tmp_path)).scores("bank", ["board", "theft"])
    assert scores.tolist() == pytest.approx(np.asarray(own).ravel().tolist(), abs=1e-6)
    assert Reranker(str(tmp_path)).scores("bank", []).shape == (0,)


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="reranker"):
        Reranker(str(tmp_path)).scores("bank", ["board"])
