"""What the form of a loan sends, read: text by text, every fault at its field."""

import binascii
from base64 import b64decode
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.civil import JST
from domain.facilities.fee_fault import FeeFault
from domain.facilities.fee_words import describe_fee_fault
from domain.keys.key_fault import KeyFault, KeyFaultError, Why
from gateway.pages.drawing.field_faults import tell_by_field
from gateway.pages.entrance.visit import Visit
from gateway.pages.takings.yen_field import read_yen

TIME_FORM = "%Y-%m-%dT%H:%M"
SIGNATURE_BEGINS = "data:image/png;base64,"
SIGNATURE_CHARACTERS_MAX = 90_000
"""A PNG of 64 KiB, as text."""


class LoanForm(BaseModel):
    """A loan as it was sent.

    ``how`` the borrower shows who it is: the card that is held to the reader next, the booking's code, a signature on
    the screen, or one on a numbered paper. ``shown`` tells that the booking's code was scanned.
    """

    model_config = ConfigDict(frozen=True)

    request: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    target: Annotated[str, Field(max_length=80)] = ""
    booking: Annotated[str, Field(max_length=64)] = ""
    how: Literal["card", "code", "signature", "paper"] = "card"
    copy_id: Annotated[str, Field(max_length=63)] = ""
    due_at: Annotated[str, Field(max_length=20)] = ""
    deposit_yen: Annotated[str, Field(max_length=20)] = ""
    reader: Annotated[str, Field(max_length=63)] = ""
    paper: Annotated[str, Field(max_length=40)] = ""
    signature: Annotated[str, Field(max_length=SIGNATURE_CHARACTERS_MAX)] = ""
    second: Annotated[str, Field(max_length=100)] = ""
    second_password: Annotated[str, Field(max_length=1000)] = ""
    shown: Literal["", "1"] = ""

    def read_due(self) -> datetime | None:
        """Give the due time that was asked for; None: as the rule says.

        Raises:
            KeyFaultError: it is no time.
        """
        if not self.due_at:
            return None
        try:
            return datetime.strptime(self.due_at, TIME_FORM).replace(tzinfo=JST)
        except ValueError:
            raise KeyFaultError(KeyFault("due_at", Why.malformed, {"expected": "YYYY-MM-DD HH:MM"})) from None

    def read_signature(self) -> bytes | None:
        """Give the picture of the signature; None where nothing was drawn.

        Raises:
            KeyFaultError: it is no picture.
        """
        if not self.signature:
            return None
        try:
            return b64decode(self.signature.removeprefix(SIGNATURE_BEGINS), validate=True)
        except binascii.Error:
            raise KeyFaultError(KeyFault("signature", Why.malformed, {"expected": "PNG"})) from None


def read_deposit(visit: Visit, text: str) -> tuple[int, dict[str, list[str]]]:
    """Give the yen of a deposit's field (empty: none), and what is wrong with it."""
    if not text.strip():
        return 0, {}
    faults: list[FeeFault] = []
    yen = read_yen("deposit_yen", text, faults)
    return yen, {name: list(lines) for name, lines in tell_by_field(faults, describe_fee_fault, visit.language).items()}
