import stat
from pathlib import Path

import pytest

from localcloud.agentcore.identity.errors import Unreadable
from localcloud.agentcore.identity.seal import Seal


@pytest.fixture
def seal() -> Seal:
    return Seal(b"k" * 32)


def test_what_is_sealed_can_be_opened_and_looks_different_each_time(seal: Seal) -> None:
    first, second = seal.close("secret", "secret a"), seal.close("secret", "secret a")
    assert first != second
    assert b"secret" not in first
    assert seal.open(first, "secret a") == seal.open(second, "secret a") == "secret"


@pytest.mark.parametrize("purpose", ["secret b", "token a", ""])
def test_what_is_sealed_for_one_purpose_cannot_be_opened_for_another(
    seal: Seal, purpose: str
) -> None:
    with pytest.raises(Unreadable):
        seal.open(seal.close("secret", "secret a"), purpose)


@pytest.mark.parametrize("sealed", [b"", b"short", b"n" * 64])
def test_what_nobody_sealed_cannot_be_opened(seal: Seal, sealed: bytes) -> None:
    with pytest.raises(Unreadable):
        seal.open(sealed, "secret a")


def test_a_single_bit_that_was_changed_is_seen(seal: Seal) -> None:
    sealed = bytearray(seal.close("secret", "secret a"))
    sealed[-1] ^= 1
    with pytest.raises(Unreadable):
        seal.open(bytes(sealed), "secret a")


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "token-vault.key"
    sealed = Seal.of_file(path).close("secret", "secret a")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Seal.of_file(path).open(sealed, "secret a") == "secret"
    assert len(path.read_bytes()) == 32
