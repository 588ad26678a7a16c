"""The server's key: made once, kept, and refused when it is no secret."""

import stat
from pathlib import Path

import pytest

from server.adapters.secret_key import SecretKeyRefused, secret_key


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "secret.key"


def test_a_new_key_has_32_bytes_and_its_owner_alone_can_read_it(path: Path) -> None:
    """C2."""
    key = secret_key(path)
    assert len(key) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["secret.key"]


def test_the_key_stays_the_same(path: Path) -> None:
    assert secret_key(path) == secret_key(path)


def test_two_installations_have_different_keys(tmp_path: Path) -> None:
    assert secret_key(tmp_path / "a") != secret_key(tmp_path / "b")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622, 0o666])
def test_a_key_that_others_could_read_or_write_is_refused_with_what_to_do(path: Path, mode: int) -> None:
    secret_key(path)
    path.chmod(mode)
    with pytest.raises(SecretKeyRefused, match=f"mode 0{mode:o}.*chmod 600"):
        secret_key(path)


@pytest.mark.parametrize("content", [b"", b"short", bytes(33)])
def test_a_file_that_holds_no_key_is_refused_and_kept(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(SecretKeyRefused, match="backup"):
        secret_key(path)
    assert path.read_bytes() == content


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(SecretKeyRefused, match=r"secret\.key"):
        secret_key(tmp_path / "missing" / "secret.key")
