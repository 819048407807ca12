"""Where a person is reached and when that person wants to hear of things: one row a way."""

import re
from dataclasses import dataclass, field

from sqlalchemy import delete, select, update

from domain.notices.due import ALWAYS, Habits
from domain.notices.message import WAYS
from store.bulk import upsert_rows
from store.notice_tables import address, delivery, message
from store.tx import Tx

TARGET_MAX = 254
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_OTHER = re.compile(r"[A-Za-z0-9.@_-]+")
LANGUAGES = ("ja", "en")


class AddressError(ValueError):
    """An address cannot be used; ``field`` names what is wrong, the text what was expected."""

    def __init__(self, field_name: str, words: str) -> None:
        super().__init__(f"{field_name}: {words}")
        self.field = field_name


@dataclass(frozen=True, slots=True)
class Address:
    """``target`` is a mail address, or the person's id at LINE WORKS or at the webhook's other end."""

    person_id: str
    way: str
    target: str
    habits: Habits = field(default=ALWAYS)
    language: str = "ja"


def save_address(tx: Tx, told: Address) -> None:
    """Keep an address in place of the one that stood for this way; messages already due keep their time.

    Raises:
        AddressError: the way, the target or the language is none; it names which.
    """
    if told.way not in WAYS:
        raise AddressError("way", f"{'・'.join(WAYS)} のいずれかにしてください / expected one of {', '.join(WAYS)}")
    if told.language not in LANGUAGES:
        raise AddressError("language", "ja か en にしてください / expected ja or en")
    shape = _MAIL if told.way == "mail" else _OTHER
    if len(told.target) > TARGET_MAX or shape.fullmatch(told.target) is None:
        expected = "a mail address" if told.way == "mail" else "an id of letters, digits, dots, _ or -"
        words = "メールアドレス" if told.way == "mail" else "英数字と . @ _ - の ID"
        raise AddressError("target", f"{words}({TARGET_MAX}字まで)を入れてください / expected {expected}")
    habits = told.habits
    columns = (
        "person_id",
        "way",
        "target",
        "language",
        "quiet_from_minute",
        "quiet_until_minute",
        "digest_minute",
    )
    row = (
        told.person_id,
        told.way,
        told.target,
        told.language,
        habits.quiet_from_minute,
        habits.quiet_until_minute,
        habits.digest_minute,
    )
    upsert_rows(tx, address, columns, [row])


def list_addresses(tx: Tx, person_id: str) -> list[Address]:
    """Give a person's addresses by way."""
    rows = tx.connection.execute(select(address).where(address.c.person_id == person_id).order_by(address.c.way))
    return [
        Address(
            row.person_id,
            row.way,
            row.target,
            Habits(row.quiet_from_minute, row.quiet_until_minute, row.digest_minute),
            row.language,
        )
        for row in rows
    ]


def delete_address(tx: Tx, person_id: str, way: str) -> None:
    """Forget an address; what was still to leave by it is given up, the page shows it all the same."""
    own = select(message.c.id).where(message.c.person_id == person_id)
    waiting = (delivery.c.way == way) & delivery.c.sent_at.is_(None) & delivery.c.failed_at.is_(None)
    tx.connection.execute(
        update(delivery).where(waiting & delivery.c.message_id.in_(own)).values(failed_at=tx.now, fault="no_address")
    )
    tx.connection.execute(delete(address).where((address.c.person_id == person_id) & (address.c.way == way)))
