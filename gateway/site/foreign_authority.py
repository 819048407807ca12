"""Another authority that signs devices' certificates: what an installation takes over of it when it is rendered."""

from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from gateway.site.device_chain import read_issuers
from gateway.site.keys import KeyFileError
from gateway.site.options import RenderOptions
from gateway.site.revocation_list import RevocationListError, read_foreign_list, read_lists, write_lists


def find_fault(options: RenderOptions, now: datetime) -> str | None:
    """Tell what is wrong with the options' ``device_ca_file`` and ``device_ca_list``, or None."""
    if options.device_ca_file is None:
        return None
    if options.transport == "mqtt" and options.device_ca_list is None:
        return (
            "device_ca_list: 装置の認証局の失効リストが要ります"
            " / the broker needs that authority's list of revoked certificates, an empty one at first"
        )
    try:
        issuers = read_issuers(options.device_ca_file)
        if options.device_ca_list is not None:
            read_foreign_list(options.device_ca_list.read_bytes(), issuers, now=now)
    except (KeyFileError, OSError) as error:
        return f"device_ca_file, device_ca_list: {error}"
    except RevocationListError as error:
        return f"device_ca_list: 使えません（{error.reason}）/ expected a list of that authority that holds now"
    return None


def read_pem(options: RenderOptions) -> bytes:
    """Give the authority's certificates, or nothing where our own signs."""
    return options.device_ca_file.read_bytes() if options.device_ca_file else b""


def ensure_foreign_list(options: RenderOptions, path: Path, *, now: datetime) -> None:
    """Begin the broker's lists with that authority's, unless one of its is there: that may be newer."""
    if options.device_ca_file is None or options.device_ca_list is None:
        return
    issuers = read_issuers(options.device_ca_file)
    held = read_lists(path.read_bytes()) if path.exists() else []
    if not any(each.issuer in {issuer.subject for issuer in issuers} for each in held):
        given = read_foreign_list(options.device_ca_list.read_bytes(), issuers, now=now)
        write_lists(path, [each.public_bytes(Encoding.PEM) for each in (*held, given)])
