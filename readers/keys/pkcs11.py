"""Masters inside a PKCS#11 token (a USB HSM, a network HSM, SoftHSM): the token derives, the master never leaves.

Theory of operation. One session is kept open. When a call on it fails, the token may have been pulled, restarted or
replaced: the library is initialised anew (SoftHSM looks for tokens at no other time), the session is opened again and
the call made once more. While opening fails it is not tried more than once a second, so that a tap at a box without its
token is answered at once.

A token locks itself after a few wrong PINs. A PIN that was refused is therefore not sent again until its file changes.
The library is initialised without locks of its own, so all calls of this process take turns. Initialising ends every
session of the process and gives their handles' numbers to others: a provider whose session is of an earlier life of the
library takes it for gone and touches nothing of it.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.exceptions import MultipleObjectsReturned, NoSuchKey, PinIncorrect, PKCS11Error
from pkcs11.types import Object, Session, SignMixin

from readers.keys.an10922 import diversification_input
from readers.keys.labels import check_label
from readers.keys.port import MASTER_BYTES, KeyUnavailableError
from readers.keys.secret_file import read_secret_file
from readers.keys.token_trouble import PIN_REFUSED, explain_token_trouble

REOPEN_SECONDS = 1.0
"""Between two attempts to open a token; a session younger than this is not opened again."""

TURN_SECONDS = 5.0
"""The longest wait for another thread's call on the token."""

PIN_BYTES_MAX = 255
_turns = threading.Lock()
_lives: Counter[Path] = Counter()  # how often this process initialised each library


class TokenKeys:
    """A :class:`~readers.keys.port.KeyProvider` over one token; nothing is opened before the first key is wanted."""

    def __init__(
        self, module: Path, token: str, pin_file: Path, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Take note of where the token is.

        Args:
            module: the token maker's PKCS#11 library.
            token: the token's label.
            pin_file: an owner-only file with the user's PIN in its first line.
            clock: monotonic seconds.
        """
        self._module = module
        self._token = token
        self._pin_file = pin_file
        self._clock = clock
        self._session: Session | None = None
        self._keys: dict[str, SignMixin] = {}
        self._opened_mono = 0.0
        self._life = 0
        self._trouble: tuple[float, str] | None = None
        self._refused_pin = ""

    def derive(self, label: str, diversifier: bytes) -> bytes:
        """Give one card's key; see :class:`~readers.keys.port.KeyProvider`."""
        data = diversification_input(diversifier)
        with _turn():
            if self._life != _lives[self._module]:
                self._forget()
            if (session := self._session) is not None:
                try:
                    return self._sign(session, label, data)
                except PKCS11Error as error:
                    if isinstance(error, NoSuchKey) and self._clock() - self._opened_mono < REOPEN_SECONDS:
                        raise self._explain(error, label) from None
                    self._forget()
            try:
                return self._sign(self._open(), label, data)
            except PKCS11Error as error:
                if not isinstance(error, NoSuchKey):
                    self._forget()
                raise self._explain(error, label) from None

    def make_master(self, label: str) -> None:
        """Let the token draw a master that can only derive (CKM_AES_CMAC) and never leave it.

        Raises:
            KeyUnavailableError: the token cannot be used, or has the label already: it is never overwritten.
            ValueError: ``label`` is no label.
        """
        self._add(
            label,
            lambda session: session.generate_key(
                KeyType.AES, 8 * MASTER_BYTES, label=label, store=True, template=_ONLY_DERIVES
            ),
        )

    def put_master(self, label: str, master: bytes) -> None:
        """Lay a master into the token that was drawn outside of it; from then on it can only derive there.

        Raises:
            KeyUnavailableError: as :meth:`make_master`.
            ValueError: ``label`` is no label, or ``master`` has not MASTER_BYTES.
        """
        if len(master) != MASTER_BYTES:
            raise ValueError(f"a master has {MASTER_BYTES} bytes")
        named = {
            Attribute.CLASS: ObjectClass.SECRET_KEY,
            Attribute.KEY_TYPE: KeyType.AES,
            Attribute.TOKEN: True,
            Attribute.LABEL: label,
            Attribute.VALUE: master,
        }
        self._add(label, lambda session: session.create_object({**named, **_ONLY_DERIVES}))

    def close(self) -> None:
        """Log out; a later :meth:`derive` opens the token again."""
        with _turn():
            self._forget()

    def __repr__(self) -> str:
        """Name the token; the PIN never shows itself."""
        return f"TokenKeys({self._token!r})"

    def _add(self, label: str, create: Callable[[Session], Object]) -> None:
        check_label(label)
        with _turn():
            self._forget()
            try:
                session = self._open(rw=True)
                if _masters_called(session, label):
                    raise KeyUnavailableError(
                        f"トークン {self._token} に {label} は既にあります。次の版の名前を使ってください"
                        f" / token {self._token} holds {label} already; use the next version's label"
                    )
                create(session)
            except PKCS11Error as error:
                raise self._explain(error, label) from None
            finally:
                self._forget()

    def _open(self, *, rw: bool = False) -> Session:
        if self._trouble is not None and self._clock() - self._trouble[0] < REOPEN_SECONDS:
            raise KeyUnavailableError(self._trouble[1])
        pin = self._read_pin()
        try:
            library = pkcs11.lib(str(self._module))
            _lives[self._module] += 1
            library.reinitialize()
            token = library.get_token(token_label=self._token)
            session = token.open(rw=rw, user_pin=pin)
        except PKCS11Error as error:
            if isinstance(error, PIN_REFUSED):
                self._refused_pin = pin
            trouble = self._explain(error, "")
            self._trouble = (self._clock(), str(trouble))
            raise trouble from None
        self._trouble = None
        self._session, self._opened_mono, self._life = session, self._clock(), _lives[self._module]
        return session

    def _read_pin(self) -> str:
        data = read_secret_file(self._pin_file)
        pin = data.partition(b"\n")[0].strip()
        if not 0 < len(pin) <= PIN_BYTES_MAX or not pin.isascii():
            raise KeyUnavailableError(
                f"{self._pin_file}: PIN がありません / expected the token's PIN in the first line (ASCII)"
            )
        text = pin.decode("ascii")
        if text == self._refused_pin:
            raise self._explain(PinIncorrect(), "")
        return text

    def _sign(self, session: Session, label: str, data: bytes) -> bytes:
        return self._find(session, label).sign(data, mechanism=Mechanism.AES_CMAC)

    def _find(self, session: Session, label: str) -> SignMixin:
        if (known := self._keys.get(label)) is not None:
            return known
        found = _masters_called(session, label)
        if len(found) != 1:
            raise MultipleObjectsReturned if found else NoSuchKey
        key = found[0]
        stays = key[Attribute.SENSITIVE] and not key[Attribute.EXTRACTABLE]
        is_aes128 = key[Attribute.KEY_TYPE] == KeyType.AES and key[Attribute.VALUE_LEN] == MASTER_BYTES
        if not stays or not is_aes128 or not isinstance(key, SignMixin):
            raise KeyUnavailableError(
                f"トークンの鍵 {label} は外へ出せるか、署名用の AES-128 ではありません。トークンの中で作ってください"
                f" / key {label} may leave the token, or is no AES-128 key that signs; make one inside it:"
                " sekisho card masters new"
            )
        self._keys[label] = key
        return key

    def _forget(self) -> None:
        session, self._session = self._session, None
        self._keys.clear()
        if session is not None and self._life == _lives[self._module]:
            with suppress(PKCS11Error):  # of a token that is gone
                session.close()

    def _explain(self, error: PKCS11Error, label: str) -> KeyUnavailableError:
        return KeyUnavailableError(
            explain_token_trouble(error, token=self._token, label=label, pin_file=self._pin_file, module=self._module)
        )


_ONLY_DERIVES = {
    Attribute.PRIVATE: True,
    Attribute.SENSITIVE: True,
    Attribute.EXTRACTABLE: False,
    Attribute.MODIFIABLE: False,
    Attribute.SIGN: True,
    Attribute.VERIFY: False,
    Attribute.ENCRYPT: False,
    Attribute.DECRYPT: False,
    Attribute.WRAP: False,
    Attribute.UNWRAP: False,
    Attribute.DERIVE: False,
}


def _masters_called(session: Session, label: str) -> list[Object]:
    return list(session.get_objects({Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.LABEL: label}))


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=TURN_SECONDS):
        raise KeyUnavailableError("トークンが答えません / the token does not answer")
    try:
        yield
    finally:
        _turns.release()
