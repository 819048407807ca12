"""A request as bytes: canonical JSON (sorted keys, no spaces, UTF-8), whose SHA-256 is what an approval holds for."""

import hashlib
import json
from typing import Any

from pydantic import TypeAdapter, ValidationError

from domain.attendance.requests import VALUES, Request, RequestKind

BYTES_MAX = 16_384

_ADAPTERS: dict[type, TypeAdapter[Any]] = {value: TypeAdapter(value) for value in VALUES.values()}


class RequestContentError(ValueError):
    """The bytes are no request of that kind; the text names the field and what was expected."""


def write_content(request: Request) -> bytes:
    """Give a request's bytes; equal requests give equal bytes."""
    plain = _ADAPTERS[type(request)].dump_python(request, mode="json")
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def hash_content(content: bytes) -> str:
    """Give the SHA-256 of a request's bytes, in hex."""
    return hashlib.sha256(content).hexdigest()


def read_content(kind: RequestKind, content: bytes) -> Request:
    """Read a request's bytes.

    Raises:
        RequestContentError: they are none, a field is missing, unknown or of another form, or they are not canonical.
    """
    if len(content) > BYTES_MAX:
        raise RequestContentError(f"{len(content)} bytes, expected at most {BYTES_MAX}")
    try:
        plain = json.loads(content)
        request: Request = _ADAPTERS[VALUES[kind]].validate_python(plain)
    except ValidationError as error:
        first = error.errors()[0]
        raise RequestContentError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    except (ValueError, RecursionError) as error:
        raise RequestContentError(f"no JSON: {error}") from None
    if write_content(request) != content:
        raise RequestContentError("not in canonical form, or with a field that the kind does not have")
    return request
