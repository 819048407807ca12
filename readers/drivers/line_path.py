"""What the path of a reader that tells lines says: the device, and behind a question mark how it tells them."""

from typing import Annotated, Literal, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from readers.cards.qr import VisitCodeReader
from readers.drivers.line_number import decimal_identifier, hexadecimal_identifier
from readers.drivers.line_session import LineReader
from readers.drivers.port import CardSeen, ReadTrouble

_LINE_ASSURANCE = 1


class LinePath(BaseModel):
    """The device, and what a line ``holds``: a number in ``hexadecimal`` or ``decimal`` digits, or a visit's ``code``.

    A line proves nothing: a number is technology ``line``, assurance 1, a code is what its signature makes it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    device: Annotated[str, Field(pattern=r"^/")]
    holds: Literal["hexadecimal", "decimal", "code"]


_Spoken = TypeVar("_Spoken", bound=LinePath)


def spoken_by(reader: str, path: str, spoken: type[_Spoken], example: str) -> _Spoken:
    """Read the path of the reader with this id; ``example`` is a path as it should be.

    Raises:
        ValueError: the path says something else; names it and what was expected.
    """
    device, _, query = path.partition("?")
    try:
        return spoken.model_validate({"device": device, **dict(parse_qsl(query))})
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        raise ValueError(
            f"path of reader {reader}: {'.'.join(map(str, fault['loc']))} が正しくありません。"
            f"例 {example} / {fault['msg']}"
        ) from None


def line_reader(reader: str, spoken: LinePath, codes: VisitCodeReader | None, evidence: str) -> LineReader:
    """Give what reads the lines of the reader with this id.

    Args:
        reader: the reader's id.
        spoken: what its lines hold.
        codes: reads visitors' codes; needed where lines hold them.
        evidence: what stands behind a number, in a few words.

    Raises:
        ValueError: lines hold codes and nothing reads them.
    """
    if spoken.holds != "code":
        return _number_reader(spoken.holds, evidence)
    if codes is None:
        raise ValueError(
            f"path of reader {reader}: holds=code には設定に拠点の名前が必要です"
            f" / holds=code needs the site's id in the settings"
        )
    return codes.read


def _number_reader(holds: str, evidence: str) -> LineReader:
    identify = decimal_identifier if holds == "decimal" else hexadecimal_identifier

    def read(reader: str, line: str, seen_mono: float) -> CardSeen | ReadTrouble:
        identifier = identify(line)
        if identifier is None:
            return ReadTrouble(reader, "garbled")
        return CardSeen(reader, "line", identifier, _LINE_ASSURANCE, seen_mono, evidence)

    return read
