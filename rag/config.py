"""One frozen ``Settings``: flags beat ``RAG_*``, which beat ``rag.toml``, which beats the defaults.

Only the faces and the composition read it; the stages take plain values.
"""

from __future__ import annotations

import os
import tomllib
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_cache_path
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from rag.errors import ConfigError

Mode = Literal["hybrid", "dense", "bm25"]
BackendName = Literal["auto", "onnx", "torch"]
Unverified = Literal["remove", "mark"]
OcrName = Literal["auto", "off"]
LibraryName = Literal["off", "read", "edit"]
# In the environment a list is written with commas, not as JSON.
Names = Annotated[tuple[str, ...], NoDecode]
WorkersName = Literal["local", "ray"]
EngineName = Literal["embedded", "milvus"]
MilvusIndexName = Literal["HNSW", "FLAT"]
CONFIG_FILE = Path("rag.toml")
RECORD_FILE = Path("record.jsonl")
_NO_SETTING = frozenset({"RAG_DEBUG"})


class Settings(BaseSettings):
    """Everything that can be set; the field's description is what the README's table says."""

    model_config = SettingsConfigDict(
        env_prefix="RAG_", toml_file=CONFIG_FILE, frozen=True, extra="forbid"
    )

    corpus: Path = Field(Path("corpus"), description="the folder or file that `rag index` reads")
    index: Path = Field(Path("index"), description="the folder of the built index")
    cache: Path = Field(
        default_factory=lambda: user_cache_path("rag"),
        description="where the packaged model is unpacked",
    )
    model: str = Field(
        "packaged",
        description="`packaged`, or the name or folder of a sentence-transformers model",
    )
    query_prompt: str | None = Field(
        None, description="put before questions, instead of the model's own prompt"
    )
    passage_prompt: str | None = Field(
        None, description="put before passages, instead of the model's own prompt"
    )
    means: Path | None = Field(
        None, description="language means made for another model by `tools/language_means.py`"
    )
    device: str = Field("cpu", description="where the model runs: `cpu`, `cuda` or `mps`")
    backend: BackendName = Field(
        "auto",
        description="what runs the model: `onnx` (8-bit weights; the packaged model on the CPU), "
        "`torch` (everything), or `auto`: `onnx` where it can",
    )
    readers: int | None = Field(
        None, ge=1, le=256, description="processes that read files; as many as usable cores"
    )
    page_seconds: float = Field(
        30, gt=0, description="processor time for one page; a page that takes longer is left out"
    )
    file_seconds: float = Field(
        300,
        gt=0,
        description="processor time for a report, beyond one second a page; "
        "one that takes longer is skipped",
    )
    reader_memory_mb: int = Field(
        2048, ge=64, description="memory for each of these processes, in MB (on Linux)"
    )
    workers: WorkersName = Field(
        "local",
        description="what reads and encodes for `rag index`: `local`, this machine, or `ray`, a "
        "Ray cluster. Needs the extra `ray`",
    )
    ray_address: str | None = Field(
        None,
        description="the Ray cluster, such as `auto` or `ray://head:10001`; without it, one is "
        "started on this machine",
    )
    ray_encoders: int | None = Field(
        None, ge=1, le=4096, description="processes there that load the model; one a machine"
    )
    ocr: OcrName = Field(
        "auto",
        description="pages that are pictures: `auto` recognises their text where Tesseract and the "
        "extra `ocr` are installed, `off` leaves them",
    )
    chunk_tokens: int = Field(
        320, ge=32, le=4096, description="the largest passage, in tokens of the model"
    )
    mode: Mode = Field("hybrid", description="how passages are found: `hybrid`, `dense`, `bm25`")
    passages: int = Field(10, ge=1, le=1000, description="passages `rag search` shows")
    bm25_k1: float = Field(0.6, ge=0, description="BM25: how soon a repeated term stops counting")
    bm25_b: float = Field(
        0.75, ge=0, le=1, description="BM25: how much long passages are held back"
    )
    evidence: float = Field(
        0.5, ge=0, le=1, description="how good the evidence must be; higher refuses more"
    )
    evidence_model: Path | None = Field(
        None,
        description="what judges the evidence, fitted for another model by `tools/evidence.py`",
    )
    reader: str = Field(
        "auto",
        description="what reads question and passage together and decides what answers: `auto`, "
        "the reader that comes with the installation; a name or folder of a question-answering "
        "model or cross-encoder; or `none`, signs of matching words alone",
    )
    reranker: str | None = Field(
        None, description="name or folder of a cross-encoder that orders the best passages anew"
    )
    generations: int = Field(
        2, ge=2, le=1000, description="generations of the index that `rag index` keeps"
    )
    engine: EngineName = Field(
        "embedded",
        description="what keeps and searches the index: `embedded`, in the folder `index`, or "
        "`milvus`, on the server `milvus_uri`. Needs the extra `milvus`",
    )
    milvus_uri: str | None = Field(
        None,
        description="the Milvus server, such as `http://127.0.0.1:19530`, or a file `….db` of "
        "milvus-lite",
    )
    milvus_token_env: str = Field(
        "MILVUS_TOKEN",
        description="the environment variable that holds the server's key or `user:password`, "
        "if any",
    )
    milvus_alias: str = Field(
        "rag",
        pattern=r"^[A-Za-z][A-Za-z0-9_]{0,63}$",
        description="the index's name on the server; several indexes there have different ones",
    )
    milvus_index: MilvusIndexName = Field(
        "HNSW",
        description="how the server searches more than 50,000 vectors: `HNSW`, approximately, or "
        "`FLAT`, comparing with all",
    )
    milvus_seconds: float = Field(
        10, gt=0, description="how long the server may take to answer, a restart included"
    )
    record: Path | None = Field(
        None,
        description="a file that every answer is recorded in, or `on` for `record.jsonl`; "
        "nothing is recorded without it",
    )
    llm_base_url: str | None = Field(
        None,
        description="an OpenAI-compatible server that words the answers, such as "
        "`http://127.0.0.1:11434/v1`; every sentence is checked. Needs the extra `llm`",
    )
    llm_model: str | None = Field(None, description="the model that this server is asked for")
    llm_key_env: str = Field(
        "LLM_API_KEY", description="the environment variable that holds the server's key, if any"
    )
    llm_first_seconds: float = Field(
        20, gt=0, description="how long the server may take to begin its answer"
    )
    llm_seconds: float = Field(90, gt=0, description="how long it may take to end it")
    llm_passages: int = Field(
        6, ge=1, le=8, description="passages that the model is shown; fewer for a small window"
    )
    unverified: Unverified = Field(
        "remove",
        description="sentences of a model that the cited passages do not bear out: `remove` or "
        "`mark`",
    )
    host: str = Field("127.0.0.1", description="the address the chat is served at")
    port: int = Field(7860, ge=1, le=65535, description="the port the chat is served at")
    auth: Path | None = Field(
        None,
        description="a file of names and password hashes, made by `rag passwd NAME`; one then "
        "signs in",
    )
    auth_header: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9-]+$",
        description="a header in which a trusted proxy names the person, such as "
        "`X-Forwarded-User`",
    )
    trusted_proxy: Names = Field(
        (),
        description="addresses or networks of proxies whose `X-Forwarded-…` headers are believed; "
        "commas between several",
    )
    hosts: Names = Field(
        (),
        description="names the server may be reached by; without them any, but on `127.0.0.1` "
        "only that of this machine",
    )
    questions_per_minute: int = Field(
        60, ge=0, description="questions one person may ask a minute; 0 is any number"
    )
    library: LibraryName = Field(
        "read",
        description="the page of reports: `read` shows it, `edit` also adds and removes reports "
        "and runs evaluations, `off` leaves it out",
    )
    editors: Names = Field(
        (), description="names of those who may edit the library, where people sign in"
    )
    upload_mb: int = Field(
        100, ge=1, le=4096, description="the largest report that may be added in the browser, in MB"
    )

    @field_validator("record", mode="before")
    @classmethod
    def _on_or_off(cls, value: object) -> object:
        """``on`` and ``off`` in the ways that TOML and the environment write them."""
        if isinstance(value, bool):
            return RECORD_FILE if value else None
        if isinstance(value, str):
            return {"on": RECORD_FILE, "off": None, "": None}.get(value.strip().lower(), value)
        return value

    @field_validator("trusted_proxy", "hosts", "editors", mode="before")
    @classmethod
    def _separated(cls, value: object) -> object:
        """One text with commas as the names in it."""
        if isinstance(value, str):
            return tuple(name.strip() for name in value.split(",") if name.strip())
        return value

    @field_validator("trusted_proxy")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            ip_network(one, strict=False)
        return value

    @model_validator(mode="after")
    def _server_and_model(self) -> Settings:
        if self.llm_base_url and not self.llm_model:
            raise ValueError("llm_base_url needs llm_model: name the model the server is asked for")
        return self

    @model_validator(mode="after")
    def _engine_and_server(self) -> Settings:
        if self.engine == "milvus" and not self.milvus_uri:
            raise ValueError('engine = "milvus" needs milvus_uri: name the server')
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, environment, file, in this order; nothing else."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(**flags: Any) -> Settings:
    """The settings in force; a flag that is None was not given.

    Raises ConfigError for an unknown name, a value of the wrong type, or a broken ``rag.toml``.
    """
    _check_environment_names()
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        raise ConfigError(_explain(error, given)) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"{CONFIG_FILE} is not valid TOML: {error}. Correct that line."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{CONFIG_FILE} cannot be read: {error}.") from error


def _check_environment_names() -> None:
    known = {f"RAG_{name.upper()}" for name in Settings.model_fields}
    unknown = sorted(
        name
        for name in os.environ
        if name.upper().startswith("RAG_") and name.upper() not in known | _NO_SETTING
    )
    if unknown:
        raise ConfigError(
            f"The environment sets {', '.join(unknown)}, which is no setting. "
            f"Known are: {', '.join(sorted(known))}."
        )


def _explain(error: ValidationError, flags: dict[str, Any]) -> str:
    sentences = []
    for problem in error.errors():
        if not problem["loc"]:
            sentences.append(f"{problem['msg'].removeprefix('Value error, ')}.")
            continue
        name = str(problem["loc"][0])
        if problem["type"] == "extra_forbidden":
            known = ", ".join(sorted(Settings.model_fields))
            sentences.append(
                f'{CONFIG_FILE} sets "{name}", which is no setting. Known are: {known}.'
            )
            continue
        if name in flags:
            place = f"--{name.replace('_', '-')}"
        elif f"RAG_{name.upper()}" in map(str.upper, os.environ):
            place = f"RAG_{name.upper()}"
        else:
            place = f'"{name}" in {CONFIG_FILE}'
        sentences.append(f"{place} is {problem['input']!r}: {problem['msg']}.")
    return " ".join(sentences)
