"""A visitor's code from the command line: signed by the centre's key, drawn as a QR, its token told for the policy.

The picture is as good as a key until the visit ends: to the visitor or into an owner-only file it goes, into no log.
"""

import io
import secrets
from datetime import UTC, datetime
from pathlib import Path

import segno

from contract.tokens import credential_token
from contract.visit_codes import CODE_ID_BYTES, VisitCode, encode_visit_code
from domain.civil import JST
from gateway.settings import GatewaySettings, SettingsError, load_gateway_settings
from gateway.site.keys import KeyFileError, ensure_signing_key, ensure_site_key
from readers.whole_file import replace_file
from sekisho.card_refusals import WrongInputError

PIXELS_PER_MODULE = 8
IMAGES = (".svg", ".png")


def make_code(config: Path, site: str, valid_from: datetime, valid_until: datetime) -> tuple[str, str]:
    """Draw and sign a code; gives its text, and the line to enrol it with: token, technology, from, until.

    Args:
        config: ``gateway.toml``, which names the centre's keys.
        site: the site's id, as its doors know it.
        valid_from: the minute from which it counts, civil time of Japan without a zone.
        valid_until: the minute from which it counts no more, the same.

    Raises:
        WrongInputError: a setting, the site or the times are wrong.
    """
    try:
        settings: GatewaySettings = load_gateway_settings(config)
        signing_key, site_key = ensure_signing_key(settings.signing_key_file), ensure_site_key(settings.site_key_file)
        begin, end = (at.replace(tzinfo=JST).astimezone(UTC) for at in (valid_from, valid_until))
        code = VisitCode(site, secrets.token_bytes(CODE_ID_BYTES), begin, end)
        text = encode_visit_code(code, signing_key)
    except (SettingsError, KeyFileError, ValueError) as error:
        raise WrongInputError(str(error)) from None
    times = ",".join(at.isoformat().replace("+00:00", "Z") for at in (begin, end))
    return text, f"{credential_token(site_key, 'qr', code.code_id)},qr,{times}"


def save_code(text: str, image: Path) -> None:
    """Draw the QR into an SVG or PNG file that its owner alone may read.

    Raises:
        WrongInputError: the file's name ends otherwise.
        OSError: it cannot be written.
    """
    if image.suffix.lower() not in IMAGES:
        raise WrongInputError(f"{image}: {' か '.join(IMAGES)} のファイル名を / expected a name ending in {IMAGES}")
    drawn = io.BytesIO()
    segno.make_qr(text).save(drawn, kind=image.suffix.lower()[1:], scale=PIXELS_PER_MODULE)
    replace_file(image, drawn.getvalue())


def draw_code(text: str) -> str:
    """Draw the QR with characters, for a terminal."""
    drawn = io.StringIO()
    segno.make_qr(text).terminal(out=drawn, compact=True)
    return drawn.getvalue()
