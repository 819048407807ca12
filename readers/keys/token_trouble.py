"""What a token's refusal means for the person who can put it right."""

from pathlib import Path

from pkcs11.exceptions import (
    MechanismInvalid,
    MultipleObjectsReturned,
    MultipleTokensReturned,
    NoSuchKey,
    NoSuchToken,
    PinExpired,
    PinIncorrect,
    PinInvalid,
    PinLenRange,
    PinLocked,
    PKCS11Error,
    TokenNotPresent,
    TokenNotRecognised,
)

PIN_REFUSED = (PinIncorrect, PinInvalid, PinLenRange, PinLocked, PinExpired)
"""Errors after which the same PIN must not be sent again."""

_ABSENT = """トークン {token} が見つかりません。差し込むか、名前を確かめてください
 / token {token} is not there; insert it, or check its label"""
_SEVERAL_TOKENS = """トークン {token} が二つ以上あります。一つだけ残してください
 / several tokens are called {token}; leave one"""
_PIN_DEAD = """トークン {token} の PIN は使えなくなっています。管理者（SO）が設定し直してください
 / the PIN of token {token} is locked or expired; its security officer must set a new one"""
_PIN_WRONG = """トークン {token} が PIN を拒みました。{pin_file} を直してください。直るまで同じ PIN は送りません
 / token {token} refused the PIN; correct {pin_file}. It is not sent again before that, for a token locks itself"""
_NO_MASTER = """トークン {token} に鍵 {label} がありません
 / token {token} has no master {label}: sekisho card masters new --label {label} makes one"""
_SEVERAL_MASTERS = """トークン {token} に鍵 {label} が二つ以上あります。一つだけ残してください
 / token {token} has several keys {label}; leave one"""
_NO_CMAC = """トークン {token} は AES-CMAC を計算できません
 / token {token} cannot do CKM_AES_CMAC; use another token"""
_OTHERWISE = """トークン {token} が使えません（{cause}）。接続とライブラリ {module} を確かめてください
 / token {token} cannot be used ({cause}); check its connection and the library {module}"""

_WORDS: tuple[tuple[tuple[type[PKCS11Error], ...], str], ...] = (
    ((NoSuchToken, TokenNotPresent, TokenNotRecognised), _ABSENT),
    ((MultipleTokensReturned,), _SEVERAL_TOKENS),
    ((PinLocked, PinExpired), _PIN_DEAD),
    (PIN_REFUSED, _PIN_WRONG),
    ((NoSuchKey,), _NO_MASTER),
    ((MultipleObjectsReturned,), _SEVERAL_MASTERS),
    ((MechanismInvalid,), _NO_CMAC),
)


def explain_token_trouble(error: PKCS11Error, *, token: str, label: str, pin_file: Path, module: Path) -> str:
    """Give the sentence, Japanese first: what is wrong and what to do. It names the token, never the PIN."""
    words = next((words for kinds, words in _WORDS if isinstance(error, kinds)), _OTHERWISE)
    cause = type(error).__name__
    return words.replace("\n", "").format(token=token, label=label, pin_file=pin_file, module=module, cause=cause)
