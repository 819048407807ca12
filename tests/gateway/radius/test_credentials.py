"""Who may ask: name and password together, kept where nobody else reads them; and no more is read than a request is."""

import asyncio
from base64 import b64encode
from pathlib import Path

import pytest

from gateway.radius.app import read_body
from gateway.radius.credentials import Credentials, read_credentials
from gateway.settings import SettingsError


def basic(told: str, scheme: str = "Basic") -> str:
    return f"{scheme} {b64encode(told.encode()).decode()}"


@pytest.mark.parametrize(
    ("authorization", "found"),
    [
        (basic("radius-1:one"), "radius-1"),
        (basic("radius-1:one", "basic"), "radius-1"),
        (basic("radius-2:with:colon"), "radius-2"),
        (basic("radius-1:"), None),
        (basic("radius-1:on"), None),
        (basic("radius-1:one "), None),
        (basic("radius-1:with:colon"), None),
        (basic("anybody:one"), None),
        (basic(":one"), None),
        (basic("radius-1:one", "Bearer"), None),
        ("Basic ÿ", None),
        ("", None),
    ],
    ids=[
        "right", "lower-scheme", "colon", "no-password", "part", "longer", "another's", "another-name", "no-name",
        "bearer", "no-base64", "nothing",
    ],
)  # fmt: skip
def test_name_and_password_are_right_together(authorization: str, found: str | None) -> None:
    assert Credentials({"radius-1": "one", "radius-2": "with:colon"}).find(authorization) == found


def test_nobody_is_known_where_nobody_is_named() -> None:
    assert Credentials({}).find(basic(":")) is None


@pytest.mark.parametrize(
    ("name", "password", "mode", "said"),
    [
        ("radius-1", "one", 0o640, "640"),
        ("radius-1", "one", 0o604, "604"),
        ("radius-1", " \n", 0o600, "パスワードが空"),
        ("radius 1", "one", 0o600, "利用者名"),
    ],
    ids=["group", "others", "empty", "name"],
)
def test_a_file_that_does_not_fit_is_named(tmp_path: Path, name: str, password: str, mode: int, said: str) -> None:
    path = tmp_path / name
    path.write_text(password)
    path.chmod(mode)
    with pytest.raises(SettingsError, match=said):
        read_credentials(tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="missing"):
        read_credentials(tmp_path / "missing")


def test_whoever_sends_without_end_is_not_read_without_end() -> None:
    sent = 0

    async def send_on() -> dict[str, object]:
        nonlocal sent
        sent += 1
        assert sent < 100
        return {"type": "http.request", "body": b"x" * 8, "more_body": True}

    body = asyncio.run(read_body(send_on, 20))
    assert 20 < len(body) <= 28
