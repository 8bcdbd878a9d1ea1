"""Passwords, sessions, token buckets, and whom a request is taken to be from."""

from __future__ import annotations

import base64
import stat
from pathlib import Path
from typing import Any

import pytest
from cli_tools import Rag
from hypothesis import given
from hypothesis import strategies as st
from site_server import PASSWORD, password_file

from rag.errors import ConfigError, RagError
from rag.web.access.buckets import Buckets
from rag.web.access.passwords import PasswordFile, make_hash, matches, write_password
from rag.web.access.people import Access, Person, is_loopback
from rag.web.access.sessions import Sessions

# RFC 7914, section 12: the third vector, whose parameters are those that a line may name.
VECTOR = bytes.fromhex(
    "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
    "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
)


def scope(**headers: str) -> dict[str, Any]:
    return {
        "type": "http",
        "client": ("198.51.100.7", 1),
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()],
    }


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def test_a_hash_is_scrypt_as_the_standard_says() -> None:
    def text(data: bytes) -> str:
        return base64.b64encode(data).decode().rstrip("=")

    salt = b"SodiumChloride"
    line = f"$scrypt$ln=14,r=8,p=1${text(salt)}${text(VECTOR[:32])}"
    assert matches("pleaseletmein", line)
    assert not matches("pleaseletmeIn", line)


def test_two_hashes_of_a_password_differ_and_both_match() -> None:
    one, two = make_hash(PASSWORD, cost=4), make_hash(PASSWORD, cost=4)
    assert one != two
    assert matches(PASSWORD, one) and matches(PASSWORD, two)


@pytest.mark.parametrize(
    "made",
    [
        "",
        "plain text",
        "$scrypt$ln=31,r=8,p=1$AAAAAAAAAAA$AAAAAAAAAAA",
        "$scrypt$ln=4,r=0,p=1$AAAAAAAAAAA$AAAAAAAAAAA",
        "$bcrypt$ln=4,r=8,p=1$AAAAAAAAAAA$AAAAAAAAAAA",
    ],
)
def test_what_is_no_hash_matches_nothing_and_costs_nothing(made: str) -> None:
    assert not matches(PASSWORD, made)


@pytest.mark.parametrize("password", ["", "1234567", "x" * 1025])
def test_a_password_of_a_wrong_length_is_not_taken(password: str) -> None:
    with pytest.raises(RagError, match="8 to 1024"):
        make_hash(password)


def test_the_file_is_its_owners_alone_and_follows_what_is_written(tmp_path: Path) -> None:
    people = password_file(tmp_path, "anna")
    path = tmp_path / "passwords"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert people.warning == ""
    assert people.verify("anna", PASSWORD)
    assert not people.verify("anna", PASSWORD + "!")
    assert not people.verify("bert", PASSWORD)
    write_password(path, "bert", make_hash("another password", cost=4))
    assert people.verify("bert", "another password")
    assert people.verify("anna", PASSWORD), "the other line stays"
    path.chmod(0o644)
    assert "chmod 600" in people.warning


def test_a_faulty_file_is_told_by_line(tmp_path: Path) -> None:
    path = tmp_path / "passwords"
    path.write_text("# people\n\nanna:secret\n", "utf-8")
    with pytest.raises(ConfigError, match="line 3"):
        PasswordFile(path)
    path.write_text("# nobody\n", "utf-8")
    with pytest.raises(ConfigError, match="names nobody"):
        PasswordFile(path)


@pytest.mark.parametrize("name", ["", " anna", "an:na", "an\nna", "#anna", "x" * 101])
def test_a_name_that_the_file_cannot_hold_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RagError, match="name"):
        write_password(tmp_path / "passwords", name, make_hash(PASSWORD, cost=4))


def test_passwd_makes_the_line_that_lets_one_in(rag: Rag, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    made = rag("passwd", "陳 怡君")
    name, _, hashed = made.out.strip().partition(":")
    assert (made.code, name) == (0, "陳 怡君")
    assert matches(PASSWORD, hashed)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert rag("passwd", "anna", "--auth", "people").out == ""
    assert PasswordFile(rag.place / "people").verify("anna", PASSWORD)


def test_a_session_ends_with_time_password_and_person() -> None:
    now = [1000.0]
    sessions = Sessions(lasts=60, now=lambda: now[0])
    hashes = {"王 anna.": "first"}
    value = sessions.issue("王 anna.", "first")
    assert sessions.read(value, hashes.get) == "王 anna."
    now[0] = 1059.9
    assert sessions.read(value, hashes.get) == "王 anna."
    now[0] = 1060
    assert sessions.read(value, hashes.get) is None, "issued at 1000 for 60 seconds"
    now[0] = 1000
    hashes["王 anna."] = "second"
    assert sessions.read(value, hashes.get) is None, "the password was changed"
    del hashes["王 anna."]
    assert sessions.read(value, hashes.get) is None


@given(st.integers(0, 200), st.characters(codec="ascii"))
def test_a_cookie_with_any_changed_character_is_worth_nothing(place: int, other: str) -> None:
    sessions = Sessions(now=lambda: 1000.0)
    value = sessions.issue("anna", "hash")
    place %= len(value)
    forged = value[:place] + other + value[place + 1 :]
    expected = "anna" if forged == value else None
    assert sessions.read(forged, {"anna": "hash", "annb": "hash"}.get) == expected


def test_another_process_has_another_key() -> None:
    value = Sessions().issue("anna", "hash")
    assert Sessions().read(value, {"anna": "hash"}.get) is None


def test_a_bucket_fills_by_the_minute_and_no_higher_than_its_size() -> None:
    now = [0.0]
    buckets = Buckets(3, 6, now=lambda: now[0])
    assert [buckets.take("a") for _ in range(4)] == [True, True, True, False]
    assert buckets.take("b"), "another key has its own"
    assert buckets.wait("a") == 10, "6 a minute is one in 10 seconds"
    now[0] = 9.9
    assert not buckets.take("a")
    now[0] = 10.0
    assert buckets.take("a")
    now[0] = 1000.0
    assert [buckets.take("a") for _ in range(4)] == [True, True, True, False]
    buckets.give("a")
    assert buckets.take("a")


def test_size_nought_is_no_limit_and_old_keys_are_forgotten() -> None:
    unlimited = Buckets(0, 0)
    assert all(unlimited.take("a") for _ in range(1000))
    few = Buckets(1, 0, kept=2, now=lambda: 0.0)
    assert few.take("a") and few.take("b") and few.take("c")
    assert not few.take("c")
    assert few.take("a"), "forgotten for the third"


def test_a_name_is_never_counted_as_an_address() -> None:
    assert Person("198.51.100.7", "x").key != Person("", "198.51.100.7").key


def test_by_name_and_password_and_not_for_long_by_guessing(tmp_path: Path) -> None:
    access = Access(passwords=password_file(tmp_path, "anna"))
    right = scope(authorization=basic("anna", PASSWORD))
    assert access.identify(right, "peer") == Person("anna", "198.51.100.7")
    assert access.identify(scope(), "peer") is None
    assert access.identify(scope(authorization="Basic ???"), "peer") is None
    assert access.identify(scope(authorization="Bearer x"), "peer") is None
    wrong = scope(authorization=basic("anna", "a wrong one"))
    assert [access.identify(wrong, "peer") for _ in range(5)] == [None] * 5
    assert access.failures.wait("anna", "198.51.100.7") > 0, "five tries an address"
    assert access.failures.wait("anna", "198.51.100.8") == 0, "another address may still try"
    assert access.identify(right, "peer") is not None, "who was in already is not asked again"


def test_a_header_counts_only_from_a_trusted_proxy() -> None:
    access = Access(header="X-Forwarded-User", proxies=("10.0.0.0/8", "::1/128"))
    told = scope(x_forwarded_user="anna")
    assert access.identify(told, "10.1.2.3") == Person("anna", "198.51.100.7")
    assert access.identify(told, "::1") is not None
    assert access.identify(told, "11.0.0.1") is None
    assert access.identify(told, "not an address") is None
    assert access.identify(scope(), "10.1.2.3") is None, "the proxy named nobody"


def test_a_header_without_a_trusted_proxy_is_a_contradiction(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="trusted_proxy"):
        Access(header="X-Forwarded-User")
    with pytest.raises(ConfigError, match="not both"):
        Access(header="X-User", proxies=("::1",), passwords=password_file(tmp_path, "anna"))


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False)],
)
def test_what_only_this_machine_reaches(host: str, local: bool) -> None:
    assert is_loopback(host) is local


def test_settings_become_rules(rag: Rag, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    from rag.cli.serving import access_of
    from rag.config import Settings

    local = access_of(Settings())
    assert not local.closed and "localhost" in local.hosts and "evil.example" not in local.hosts
    assert capsys.readouterr().err == ""
    open_to_all = access_of(Settings(host="0.0.0.0"))
    assert not open_to_all.hosts
    assert "Anyone who reaches 0.0.0.0 may ask" in capsys.readouterr().err
    behind = access_of(Settings(auth_header="X-Forwarded-User", hosts="reports.example, b.example"))
    assert behind.closed and behind.proxies == ("127.0.0.0/8", "::1/128")
    assert {"reports.example", "b.example", "127.0.0.1"} <= behind.hosts
    with pytest.raises(ConfigError, match="trusted_proxy"):
        access_of(Settings(host="0.0.0.0", auth_header="X-Forwarded-User"))
