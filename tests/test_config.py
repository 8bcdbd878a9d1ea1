"""Settings: where each comes from, and what is said when one is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from rag.app import reading_limits
from rag.config import Settings, load_settings
from rag.errors import ConfigError
from rag.ingest import Limits


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own and an environment without settings."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"RAG_{name.upper()}", raising=False)
    return tmp_path


def write(place: Path, text: str) -> None:
    (place / "rag.toml").write_text(text, encoding="utf-8")


def test_defaults_without_file_or_environment() -> None:
    settings = load_settings()
    assert (settings.corpus, settings.index) == (Path("corpus"), Path("index"))
    assert (settings.host, settings.port) == ("127.0.0.1", 7860)
    assert settings.model == "packaged"


def test_flag_beats_environment_beats_file_beats_default(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_settings().port == 7860
    write(place, "port = 1001\n")
    assert load_settings().port == 1001
    monkeypatch.setenv("RAG_PORT", "1002")
    assert load_settings().port == 1002
    assert load_settings(port=1003).port == 1003


def test_a_flag_that_was_not_given_beats_nothing(place: Path) -> None:
    write(place, 'index = "elsewhere"\n')
    assert load_settings(index=None).index == Path("elsewhere")


def test_sources_are_mixed_setting_by_setting(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(place, 'corpus = "reports"\nmode = "bm25"\n')
    monkeypatch.setenv("RAG_MODE", "dense")
    settings = load_settings(port=9000)
    assert (settings.corpus, settings.mode, settings.port) == (Path("reports"), "dense", 9000)


def test_an_unknown_key_in_the_file_is_an_error_that_names_the_known(place: Path) -> None:
    write(place, "prot = 1\n")
    with pytest.raises(ConfigError, match=r'rag\.toml sets "prot".*Known are: .*port'):
        load_settings()


def test_an_unknown_name_in_the_environment_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_PROT", "1")
    with pytest.raises(ConfigError, match=r"RAG_PROT.*Known are: .*RAG_PORT"):
        load_settings()


def test_a_name_for_finding_faults_is_no_setting_and_no_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RAG_DEBUG", "1")
    assert load_settings().port == 7860


def test_limits_of_reading_are_those_that_are_set(place: Path) -> None:
    assert reading_limits(load_settings()) == Limits()
    write(place, "page_seconds = 1.5\nfile_seconds = 20\nreader_memory_mb = 512\n")
    assert reading_limits(load_settings()) == Limits(1.5, 20.0, 512)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('mode = "fuzzy"\n', r'"mode" in rag\.toml is \'fuzzy\''),
        ("port = 70000\n", r'"port" in rag\.toml is 70000'),
        ("readers = 0\n", r'"readers" in rag\.toml is 0'),
        ("page_seconds = 0\n", r'"page_seconds" in rag\.toml is 0'),
        ("bm25_b = 1.5\n", r'"bm25_b" in rag\.toml is 1\.5'),
    ],
)
def test_a_wrong_value_names_its_place(place: Path, text: str, says: str) -> None:
    write(place, text)
    with pytest.raises(ConfigError, match=says):
        load_settings()


def test_a_wrong_value_of_the_environment_or_a_flag_names_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(ConfigError, match="--port is 0"):
        load_settings(port=0)
    monkeypatch.setenv("RAG_PASSAGES", "many")
    with pytest.raises(ConfigError, match="RAG_PASSAGES is 'many'"):
        load_settings()


@pytest.mark.parametrize("text", ["port = \n", "= 1\n", "[[[\n"])
def test_a_broken_file_is_named(place: Path, text: str) -> None:
    write(place, text)
    with pytest.raises(ConfigError, match=r"rag\.toml is not valid TOML"):
        load_settings()


def test_a_file_that_is_no_text_is_named(place: Path) -> None:
    (place / "rag.toml").write_bytes(b"\xff\xfe\x00p")
    with pytest.raises(ConfigError, match=r"rag\.toml"):
        load_settings()


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        load_settings().port = 1  # type: ignore[misc]


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_a_server_without_a_model_is_a_contradiction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_LLM_BASE_URL", "http://127.0.0.1:1/v1")
    with pytest.raises(ConfigError, match="llm_model"):
        load_settings()
