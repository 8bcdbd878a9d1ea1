"""What pages, answers and dossiers say: a catalogue a language, and names from the CLDR."""

from rag.locale.loader import ANSWER_LANGUAGES, INTERFACE_LANGUAGES, answer_texts, catalogue
from rag.locale.messages import AnswerTexts, Catalogue, Plural
from rag.locale.names import direction, language_name, own_name

__all__ = [
    "ANSWER_LANGUAGES",
    "INTERFACE_LANGUAGES",
    "AnswerTexts",
    "Catalogue",
    "Plural",
    "answer_texts",
    "catalogue",
    "direction",
    "language_name",
    "own_name",
]
