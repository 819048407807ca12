"""Masters in a real PKCS#11 token (SoftHSM)."""

import os
import threading
from pathlib import Path

import pkcs11
import pytest
from pkcs11 import Attribute, KeyType, ObjectClass

from readers.keys.an10922 import derive_card_key
from readers.keys.pkcs11 import REOPEN_SECONDS, TokenKeys
from readers.keys.port import KeyUnavailableError
from tests.readers.keys.test_key_file import CARD_KEY, DIVERSIFIER, MASTER
from tests.softhsm import PIN, TokenStore


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def keys_of(tokens: TokenStore, *, token: str = "desk", pin: str = PIN, clock: Clock | None = None) -> TokenKeys:
    return TokenKeys(tokens.module, token, tokens.pin_file(pin), clock=clock or Clock())


def import_master(tokens: TokenStore, label: str, value: bytes, *, extractable: bool = False) -> None:
    library = pkcs11.lib(str(tokens.module))
    library.reinitialize()
    session = library.get_token(token_label="desk").open(rw=True, user_pin=PIN)
    session.create_object(
        {
            Attribute.CLASS: ObjectClass.SECRET_KEY,
            Attribute.KEY_TYPE: KeyType.AES,
            Attribute.LABEL: label,
            Attribute.TOKEN: True,
            Attribute.SENSITIVE: not extractable,
            Attribute.EXTRACTABLE: extractable,
            Attribute.SIGN: True,
            Attribute.VALUE: value,
        }
    )
    session.close()


def test_the_token_derives_what_the_file_derives(tokens: TokenStore) -> None:
    import_master(tokens, "desfire-1", MASTER)
    keys = keys_of(tokens)
    assert keys.derive("desfire-1", DIVERSIFIER) == CARD_KEY
    for length in range(16, 32):
        diversifier = bytes(range(length))
        assert keys.derive("desfire-1", diversifier) == derive_card_key(MASTER, diversifier)
    for length in (0, 15, 32):
        with pytest.raises(ValueError, match="16 to 31"):
            keys.derive("desfire-1", bytes(length))


def test_a_master_made_in_the_token_derives_and_cannot_leave_it(tokens: TokenStore) -> None:
    keys = keys_of(tokens)
    keys.make_master("desfire-1")
    card_key = keys.derive("desfire-1", DIVERSIFIER)
    assert len(card_key) == 16
    keys.close()
    assert keys_of(tokens).derive("desfire-1", DIVERSIFIER) == card_key

    library = pkcs11.lib(str(tokens.module))
    library.reinitialize()
    session = library.get_token(token_label="desk").open(rw=True, user_pin=PIN)
    master = session.get_key(label="desfire-1")
    with pytest.raises(pkcs11.AttributeSensitive):
        master[Attribute.VALUE]
    assert master[Attribute.ALWAYS_SENSITIVE]
    assert master[Attribute.NEVER_EXTRACTABLE]
    assert not any(
        master[allows]
        for allows in (Attribute.ENCRYPT, Attribute.DECRYPT, Attribute.WRAP, Attribute.UNWRAP, Attribute.DERIVE)
    )
    session.close()


def test_a_master_laid_into_two_tokens_gives_the_same_keys_and_cannot_leave_either(tokens: TokenStore) -> None:
    tokens.new_token("door")
    for name in ("desk", "door"):
        keys = keys_of(tokens, token=name)
        keys.put_master("desfire-1", MASTER)
        assert keys.derive("desfire-1", DIVERSIFIER) == CARD_KEY
        with pytest.raises(KeyUnavailableError, match="desfire-1"):
            keys.put_master("desfire-1", MASTER[::-1])
        with pytest.raises(ValueError, match="16 bytes"):
            keys.put_master("desfire-2", MASTER[:8])
        keys.close()
        session = pkcs11.lib(str(tokens.module)).get_token(token_label=name).open(user_pin=PIN)
        master = session.get_key(label="desfire-1")
        with pytest.raises(pkcs11.AttributeSensitive):
            master[Attribute.VALUE]
        assert not master[Attribute.EXTRACTABLE]
        session.close()


def test_no_file_of_the_store_holds_the_master_in_clear(tokens: TokenStore) -> None:
    import_master(tokens, "desfire-1", MASTER)
    files = [path for path in tokens.folder.rglob("*") if path.is_file()]
    assert len(files) > 3
    assert not any(MASTER in path.read_bytes() for path in files)


def test_a_label_is_never_made_twice(tokens: TokenStore) -> None:
    keys = keys_of(tokens)
    keys.make_master("desfire-1")
    first = keys.derive("desfire-1", DIVERSIFIER)
    with pytest.raises(KeyUnavailableError, match="desfire-1"):
        keys.make_master("desfire-1")
    assert keys.derive("desfire-1", DIVERSIFIER) == first
    with pytest.raises(ValueError, match="desfire-1"):
        keys.make_master("desfire")


def test_a_missing_master_and_a_missing_token_say_what_to_do(tokens: TokenStore) -> None:
    with pytest.raises(KeyUnavailableError, match="sekisho card masters new --label desfire-9"):
        keys_of(tokens).derive("desfire-9", DIVERSIFIER)
    with pytest.raises(KeyUnavailableError, match=r"other is not there; insert it"):
        keys_of(tokens, token="other").derive("desfire-1", DIVERSIFIER)


def test_a_missing_master_closes_nothing_for_those_that_are_there(tokens: TokenStore) -> None:
    import_master(tokens, "desfire-1", MASTER)
    clock = Clock()
    keys = keys_of(tokens, clock=clock)
    for _ in range(3):
        with pytest.raises(KeyUnavailableError, match="desfire-2"):
            keys.derive("desfire-2", DIVERSIFIER)
        assert keys.derive("desfire-1", DIVERSIFIER) == CARD_KEY
        clock.now += REOPEN_SECONDS
    keys_of(tokens).make_master("desfire-2")
    clock.now += REOPEN_SECONDS
    assert len(keys.derive("desfire-2", DIVERSIFIER)) == 16


def test_a_wrong_pin_is_told_and_not_sent_again_until_the_file_changes(tokens: TokenStore) -> None:
    import_master(tokens, "desfire-1", MASTER)
    clock = Clock()
    keys = keys_of(tokens, pin="0000", clock=clock)
    for _ in range(20):
        with pytest.raises(KeyUnavailableError, match="refused the PIN") as refused:
            keys.derive("desfire-1", DIVERSIFIER)
        assert "0000" not in str(refused.value)
        clock.now += REOPEN_SECONDS
    library = pkcs11.lib(str(tokens.module))
    tokens_flags = library.get_token(token_label="desk").flags
    library.finalize()
    # Initialising again would undo nothing: the refusal is ours, the token is not asked.
    with pytest.raises(KeyUnavailableError, match="refused the PIN"):
        keys.derive("desfire-1", DIVERSIFIER)
    assert not library.initialized
    assert not tokens_flags & pkcs11.TokenFlag.USER_PIN_LOCKED
    tokens.pin_file(PIN)
    assert keys.derive("desfire-1", DIVERSIFIER) == CARD_KEY


def test_a_token_that_is_pulled_and_put_back_is_used_again(tokens: TokenStore) -> None:
    import_master(tokens, "desfire-1", MASTER)
    clock = Clock()
    keys = keys_of(tokens, clock=clock)
    assert keys.derive("desfire-1", DIVERSIFIER) == CARD_KEY
    tokens.pull()
    for _ in range(3):
        with pytest.raises(KeyUnavailableError, match="insert it"):
            keys.derive("desfire-1", DIVERSIFIER)
        clock.now += REOPEN_SECONDS
    with pytest.raises(KeyUnavailableError):
        keys.derive("desfire-1", DIVERSIFIER)
    tokens.put_back()
    with pytest.raises(KeyUnavailableError):
        keys.derive("desfire-1", DIVERSIFIER)  # asked less than a second ago
    clock.now += REOPEN_SECONDS
    assert keys.derive("desfire-1", DIVERSIFIER) == CARD_KEY


def test_a_token_pulled_before_any_key_was_looked_up_is_missed(tokens: TokenStore) -> None:
    import_master(tokens, "desfire-1", MASTER)
    clock = Clock()
    keys = keys_of(tokens, clock=clock)
    with pytest.raises(KeyUnavailableError, match="desfire-2"):
        keys.derive("desfire-2", DIVERSIFIER)
    tokens.pull()
    clock.now += REOPEN_SECONDS
    with pytest.raises(KeyUnavailableError, match="insert it"):
        keys.derive("desfire-1", DIVERSIFIER)


def test_a_library_initialised_by_another_provider_gives_no_wrong_keys(tokens: TokenStore) -> None:
    """Handles are numbered anew then: a stale handle may be another key's."""
    masters = {f"desfire-{number}": bytes((number,)) * 16 for number in range(1, 6)}
    for label, master in masters.items():
        import_master(tokens, label, master)
    one, other = keys_of(tokens), keys_of(tokens)
    for mine, theirs in zip(masters, reversed(masters), strict=True):
        assert one.derive(mine, DIVERSIFIER) == derive_card_key(masters[mine], DIVERSIFIER)
        assert other.derive(theirs, DIVERSIFIER) == derive_card_key(masters[theirs], DIVERSIFIER)
    other.close()
    assert one.derive("desfire-1", DIVERSIFIER) == derive_card_key(masters["desfire-1"], DIVERSIFIER)


def test_a_master_that_may_leave_the_token_is_refused(tokens: TokenStore) -> None:
    import_master(tokens, "desfire-1", MASTER, extractable=True)
    with pytest.raises(KeyUnavailableError, match="may leave the token"):
        keys_of(tokens).derive("desfire-1", DIVERSIFIER)


def test_two_masters_of_one_label_are_refused(tokens: TokenStore) -> None:
    import_master(tokens, "desfire-1", MASTER)
    import_master(tokens, "desfire-1", MASTER[::-1])
    with pytest.raises(KeyUnavailableError, match="several keys"):
        keys_of(tokens).derive("desfire-1", DIVERSIFIER)


def test_readers_in_many_threads_take_turns(tokens: TokenStore) -> None:
    import_master(tokens, "desfire-1", MASTER)
    keys, wrong = keys_of(tokens), []

    def derive_often(number: int) -> None:
        diversifier = bytes((number,)) * 16
        expected = derive_card_key(MASTER, diversifier)
        wrong.extend(derived for _ in range(50) if (derived := keys.derive("desfire-1", diversifier)) != expected)

    threads = [threading.Thread(target=derive_often, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_pin_file_that_others_may_read_or_that_is_empty_is_refused(tokens: TokenStore) -> None:
    keys = keys_of(tokens)
    tokens.pin_file().chmod(0o644)
    with pytest.raises(KeyUnavailableError, match="chmod 600"):
        keys.derive("desfire-1", DIVERSIFIER)
    tokens.pin_file("").chmod(0o600)
    with pytest.raises(KeyUnavailableError, match="PIN"):
        keys.derive("desfire-1", DIVERSIFIER)


def test_a_file_that_is_no_module_is_said(tokens: TokenStore, tmp_path: Path) -> None:
    wrong = tmp_path / "no-module.so"
    wrong.write_bytes(os.urandom(64))
    with pytest.raises(KeyUnavailableError, match=r"no-module\.so"):
        TokenKeys(wrong, "desk", tokens.pin_file()).derive("desfire-1", DIVERSIFIER)


def test_the_pin_never_shows_itself(tokens: TokenStore) -> None:
    assert PIN not in repr(keys_of(tokens))
