"""A new box introduces itself to the centre and becomes one of the site's devices.

It makes its keys itself and they never leave it. Whom it speaks to is proven before the secret is said: the invitation
names the SHA-256 of the authority's certificate, which is fetched first and trusted alone from then on. What the box is
given is written into one folder at the end, ``edge.toml`` last, so that a torn enrolment is simply done again.
"""

import http.client
import os
import ssl
import time
from collections.abc import Callable
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID
from pydantic import ValidationError

from contract.enrolment import (
    Admitted,
    EnrolRefused,
    EnrolRequest,
    Invitation,
    Waiting,
    introduce,
)

TIMEOUT_SECONDS = 10.0
ASK_SECONDS = 2.0
ANSWER_BYTES_MAX = 512 * 1024
_BUSY = (429, 503)

_REFUSALS = {
    "unknown": "招待が見つかりません。新しい招待で / no such invitation; ask for a new one",
    "expired": "招待の期限が切れました。新しい招待で / the invitation has run out; ask for a new one",
    "used": "招待は使用済みです。覚えがなければ管理者へ / the invitation was used; if not by you, tell the operator",
    "refused": "管理者が断りました / the operator refused this box",
    "unfit": "自己紹介が不正です。ソフトウェアの版を確かめてください / malformed; compare the software's versions",
}


class EnrolmentError(Exception):
    """The box was not enrolled; the text says why and what to do."""


def read_invitation(text: str) -> Invitation:
    """Read what a QR code or the file ``sekisho-enrol.json`` says.

    Raises:
        EnrolmentError: it is no invitation.
    """
    try:
        return Invitation.model_validate_json(text)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"]) or "JSON"
        raise EnrolmentError(f"招待を読めません（{where}）/ no readable invitation ({where})") from None


class Enroller:
    """One box's enrolment into ``folder``; ``software`` is told to the centre."""

    def __init__(self, invitation: Invitation, folder: Path, *, software: str) -> None:
        self._invitation, self._folder = invitation, folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if (folder / "edge.toml").exists():
            raise EnrolmentError(
                f"{folder}/edge.toml: 登録済みです。入れ替えるなら別のフォルダへ"
                f" / this box is enrolled already; to replace it, use another folder"
            )
        client_key = _ensure_key(folder / "client.key", lambda: ec.generate_private_key(ec.SECP256R1()))
        device_key = _ensure_key(folder / "device.key", Ed25519PrivateKey.generate)
        request = _ensure_request(folder / "client.csr", client_key)
        if not isinstance(device_key, Ed25519PrivateKey):
            raise EnrolmentError(f"{folder}/device.key: Ed25519 の鍵ではありません / expected an Ed25519 key")
        self._message = introduce(invitation.token, request, device_key, software=software)

    @property
    def message(self) -> EnrolRequest:
        """What the box says of itself."""
        return self._message

    def run(
        self, tell: Callable[[Waiting], None], *, wait_seconds: float, ask_seconds: float = ASK_SECONDS
    ) -> Admitted:
        """Introduce the box, wait for a person's word, and write what was given.

        Args:
            tell: called once when the centre knows of the box, with the code to compare.
            wait_seconds: how long to wait for that word.
            ask_seconds: the pause between questions.

        Raises:
            EnrolmentError: refused, not decided in time, or the centre is not the one that the invitation names.
        """
        context = self._trust()
        deadline, told = time.monotonic() + wait_seconds, False
        while True:
            answer = self._ask(context)
            if isinstance(answer, Admitted):
                self._keep(answer)
                return answer
            if isinstance(answer, Waiting) and not told:
                tell(answer)
                told = True
            if time.monotonic() >= deadline:
                raise EnrolmentError(
                    "まだ承認されていません。同じ命令で続けられます / not decided yet; the same command goes on with it"
                )
            time.sleep(ask_seconds)

    def _trust(self) -> ssl.SSLContext:
        """Fetch the authority from whoever is there, and trust it only if it is the one that was named."""
        careless = ssl.create_default_context()
        careless.check_hostname = False
        careless.verify_mode = ssl.CERT_NONE  # nothing secret is said here; the digest below is the check
        code, body = self._request(careless, "GET", "/enrol/authority", b"")
        try:
            authority = x509.load_pem_x509_certificate(body).public_bytes(Encoding.DER)
        except ValueError:
            authority = b""
        if code != 200 or not compare_digest(sha256(authority).hexdigest(), self._invitation.authority_sha256):
            raise EnrolmentError(
                f"{self._invitation.url}: 招待の認証局ではありません。回線を確かめてください"
                f" / this is not the authority that the invitation names; somebody may stand between"
            )
        return ssl.create_default_context(cadata=body.decode("ascii"))

    def _ask(self, context: ssl.SSLContext) -> Waiting | Admitted | None:
        code, body = self._request(context, "POST", "/enrol", self._message.model_dump_json().encode())
        try:
            if code == 200:
                return Admitted.model_validate_json(body)
            if code == 202:
                return Waiting.model_validate_json(body)
            if code not in _BUSY:
                raise EnrolmentError(_REFUSALS[EnrolRefused.model_validate_json(body).reason])
        except ValidationError:
            raise EnrolmentError(f"中央の答えを読めません（{code}）/ the centre's answer is not readable") from None
        return None

    def _request(self, context: ssl.SSLContext, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        where = urlsplit(self._invitation.url)
        connection = http.client.HTTPSConnection(
            where.hostname or "", where.port or 443, timeout=TIMEOUT_SECONDS, context=context
        )
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
            answer = connection.getresponse()
            return answer.status, answer.read(ANSWER_BYTES_MAX)
        except (OSError, http.client.HTTPException) as error:
            raise EnrolmentError(
                f"{self._invitation.url}: 中央につながりません。回線と時刻を確かめてください"
                f" / the centre cannot be reached; look at network and clock: {error}"
            ) from None
        finally:
            connection.close()

    def _keep(self, given: Admitted) -> None:
        certificate = x509.load_pem_x509_certificate(given.certificate.encode())
        request = x509.load_pem_x509_csr(self._message.request.encode())
        if certificate.public_key() != request.public_key():
            raise EnrolmentError("証明書がこの箱の鍵のものではありません / the certificate is not for this box's key")
        _write(self._folder / "client.crt", given.certificate)
        _write(self._folder / "ca.crt", given.authority)
        _write(self._folder / "site.key", f"{given.site_key}\n")
        _write(self._folder / "names.key", f"{given.names_key}\n")
        _write(self._folder / "edge.toml", given.settings)
        (self._folder / "client.csr").unlink()


_Key = ec.EllipticCurvePrivateKey | Ed25519PrivateKey


def _ensure_key(path: Path, make: Callable[[], _Key]) -> _Key:
    """Give the box's key; one that an enrolment before has made is used again."""
    if not path.exists():
        key = make()
        _write(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())
        return key
    found = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(found, ec.EllipticCurvePrivateKey | Ed25519PrivateKey):
        raise EnrolmentError(f"{path}: 別の種類の鍵です / holds a key of another kind")
    return found


def _ensure_request(path: Path, key: _Key) -> str:
    """Give the certificate request; the same one each time, for the centre knows the box by it."""
    if not path.exists():
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise EnrolmentError(f"{path.with_suffix('.key')}: EC の鍵ではありません / expected an EC key")
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "new-controller")])
        request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, SHA256())
        _write(path, request.public_bytes(Encoding.PEM).decode())
    return path.read_text(encoding="ascii")


def _write(path: Path, text: str) -> None:
    """Put a file there, whole or not at all, that its owner alone may read."""
    new = path.with_name(f".{path.name}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
