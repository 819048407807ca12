"""No 個人番号 comes in: every form, file and query is looked through before a route sees it.

It is called by the guards of the pages and of the citizens' pages. What was sent is neither shown again nor logged.
"""

import io
import zipfile
from collections.abc import Iterator

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from domain.zones.my_number import refuse_my_numbers

SECRETS = frozenset({"csrf", "password", "second_password", "current", "new", "again", "pin"})
"""Fields that are compared or hashed and kept nowhere; everything else is looked through."""

NUMBERED = frozenset({"/takings/payouts"})
"""Files that hold long numbers by right (a provider's own references) and of which sums and these are kept alone."""

TYPED = frozenset(
    {
        "address", "content", "email", "file", "label", "means", "name", "name_en", "name_kana", "note",
        "organisation", "party", "phone", "place", "purpose", "q", "reason", "sentence", "subject", "text", "title",
    }
)  # fmt: skip
"""Fields with a name of their own in words; another is called by its name in the form."""

UNPACKED_MAX = 32 * 1024 * 1024
_PACKED = b"PK\x03\x04"


async def refuse_typed_numbers(request: Request) -> None:
    """Let a request go on that brings none.

    Raises:
        MyNumberError: a field, a file or a part of the query holds what may be one; the error names the field.
    """
    refuse_my_numbers((name, value) for name, value in request.query_params.multi_items() if name not in SECRETS)
    if request.method in {"GET", "HEAD"}:
        return
    fields = (await request.form()).multi_items()
    refuse_my_numbers((name, each) for name, each in fields if isinstance(each, str) and name not in SECRETS)
    if request.url.path in NUMBERED:
        return
    for name, each in fields:
        if isinstance(each, UploadFile):
            content = await each.read()
            await each.seek(0)
            await run_in_threadpool(_refuse_file, content, name)


def spell_file(content: bytes, name: str) -> Iterator[tuple[str, str]]:
    """Give the texts of a file with the name of its field: a text as ``name:line``, a packed one (xlsx) by its parts.

    A picture has none.
    """
    if content.startswith(_PACKED):
        yield from ((name, text) for text in _unpack(content))
    elif b"\0" not in content:
        for line, text in enumerate(_decode(content).splitlines(), start=1):
            yield f"{name}:{line}", text


def _refuse_file(content: bytes, name: str) -> None:
    refuse_my_numbers(spell_file(content, name))


def _unpack(content: bytes) -> Iterator[str]:
    left = UNPACKED_MAX
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for part in packed.infolist():
                if part.file_size <= left and part.filename.endswith((".xml", ".csv", ".txt")):
                    left -= part.file_size
                    yield packed.read(part).decode("utf-8", "replace")
    except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError):
        return


def _decode(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")
