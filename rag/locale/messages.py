"""The messages of pages, answers and dossiers, in groups: every catalogue has exactly these ids.

A message with ``{…}`` is filled with ``format`` by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, dataclass_transform

from babel.numbers import format_decimal
from pydantic import BeforeValidator, ConfigDict, ValidationInfo

from rag.locale.names import babel_locale, direction


@dataclass_transform(frozen_default=True)
def _message_group(kind: type[Any]) -> Any:
    kind.__pydantic_config__ = ConfigDict(extra="forbid")
    return dataclass(frozen=True, slots=True)(kind)


@_message_group
class Plural:
    """A message that counts, a form for each plural category of ``language``.

    Categories are those of the Unicode CLDR: ``other``, and ``zero`` to ``many`` where it has them.
    """

    language: str
    forms: Mapping[str, str]

    def format(self, count: int, **values: object) -> str:
        """The form for ``count``, filled in; numbers are written as the language does."""
        locale = babel_locale(self.language)
        told = {
            name: format_decimal(value, locale=locale) if isinstance(value, int) else value
            for name, value in {"count": count, **values}.items()
        }
        return self.forms[locale.plural_form(count)].format(**told)


def _plural(forms: Any, info: ValidationInfo) -> Any:
    return {"language": info.context, "forms": forms} if isinstance(forms, dict) else forms


Counted = Annotated[Plural, BeforeValidator(_plural)]
"""A ``Plural`` as a catalogue has it: its forms alone, in the catalogue's language."""


@_message_group
class ChatTexts:
    """The chat itself."""

    title: str
    tagline: str
    question: str
    placeholder: str
    send: str
    clear: str
    interface_language: str
    conversation: str
    welcome: str
    welcome_hint: str
    examples: str
    evidence: str
    evidence_empty: str
    sources: str
    closest: str
    others: str
    refused: str
    failed: str
    quoted: str
    written_by: str
    page: str
    page_printed: str
    citation: str
    back: str
    copy: str
    copied: str
    dossier: str
    reports: str
    pages_count: Counted
    loading: str
    loading_index: str
    loading_model: str
    searching: str
    drawing_up: str
    too_long: Counted
    unexpected: str
    notice: str
    writing: str
    searched: str
    checked: str
    unverified: str
    recognised: str
    badly_read: str


@_message_group
class FrameTexts:
    """The frame around the chat.

    ``keys`` says which keys do what; ``lost`` and ``lost_hint`` stand where the server is away.
    """

    pages: str
    ask: str
    history: str
    copy_link: str
    keys: str
    lost: str
    lost_hint: str


@_message_group
class FilterTexts:
    """Narrowing a search down; ``every`` stands where a filter is not in force."""

    filters: str
    names: Mapping[str, str]
    every: str
    reports_searched: Counted
    remove: str
    clear: str
    limited: str
    refused: str
    ask_all: str


@_message_group
class PageViewTexts:
    """A page of a report that is looked at.

    ``unavailable`` says why it is shown as text; ``unmarked``, why nothing on it is marked.
    """

    page_shown: str
    page_of: str
    close: str
    show: str
    citation_of: str
    previous_citation: str
    next_citation: str
    previous_page: str
    next_page: str
    cited_page: str
    enlarge: str
    marked_picture: str
    picture: str
    page_text: str
    passage: str
    quality: str
    failed: str
    unmarked: str
    unavailable: Mapping[str, str]


@_message_group
class SiteTexts:
    """The pages beside the chat: the library, the evaluation and signing in."""

    chat: str
    library: str
    evaluate: str
    sign_in: str
    sign_out: str
    name: str
    password: str
    wrong_password: str
    too_many_tries: Counted
    too_many_questions: Counted
    still_answering: str
    library_hint: str
    drop: str
    choose: str
    report: str
    pages: str
    report_language: str
    issuer: str
    kind: str
    date: str
    quality: str
    skipped: str
    reason: str
    remove: str
    remove_sure: str
    replace_sure: str
    bring_up_to_date: str
    uploading: str
    received: str
    read_pages: Counted
    left_out: str
    building: str
    up_to_date: str
    failed: str
    evaluate_hint: str
    queries: str
    upload_queries: str
    run: str
    running: str
    result: str
    good: str
    bad: str
    noted: str


@_message_group
class ExampleTexts:
    """Questions made from what a ``report`` defines, tabulates and heads: its ``subject``."""

    definition: str
    row: str
    section: str


@_message_group
class DossierTexts:
    """An exported answer."""

    title: str
    question: str
    searched: str
    made: str
    filters: str
    no_filters: str
    filter_names: Mapping[str, str]
    answer: str
    unverified: str
    quote: str
    report: str
    source: str
    page: str
    printed: str
    section: str
    quote_language: str
    sha256: str
    characters: str
    quality: str
    recognised: str
    badly_read: str
    marked: str
    unmarked: str
    no_picture: str
    origin: str
    generation: str
    built: str
    generator: str
    extractive: str
    checks: str
    checked: str
    fingerprints: str
    versions: str
    notice: str


@_message_group
class AnswerTexts:
    """What an answer says itself, in the language of its question.

    ``word`` sets a word in quotation marks.
    """

    refusal: str
    searched: Counted
    missing: str
    word: str
    list_separator: str
    sentence_separator: str
    differing: str
    unsure: str


@_message_group
class LlmTexts:
    """A language model that failed: why, and that the answer is quoted instead (``{why}``)."""

    quoted_instead: str
    failures: Mapping[str, str]


@_message_group
class Catalogue:
    """Every message in one of the interface's languages."""

    language: str
    chat: ChatTexts
    frame: FrameTexts
    filters: FilterTexts
    page_view: PageViewTexts
    site: SiteTexts
    examples: ExampleTexts
    dossier: DossierTexts
    answer: AnswerTexts
    llm: LlmTexts

    @property
    def direction(self) -> str:
        """``"rtl"`` or ``"ltr"``."""
        return direction(self.language)
