"""Give the register of reservees out as rows of a table, and say what CP932 cannot hold of it."""

from collections.abc import Iterable, Sequence

from domain.facilities.reservee import Reservee
from store.reservees import search_reservees
from store.tx import Tx

HEADER = (
    "利用者番号",
    "種類",
    "利用者区分",
    "氏名・団体名",
    "フリガナ",
    "担当者",
    "メール",
    "電話",
    "登録日時",
    "確認済",
    "停止の最終日",
)
ROWS_MAX = 100_000


def export_reservees(tx: Tx, *, text: str = "") -> list[tuple[str, ...]]:
    """Give standing reservees as rows under :data:`HEADER`, by reading; with ``text`` those in which it is found."""
    return write_register(search_reservees(tx, text, limit=ROWS_MAX))


def write_register(reservees: Iterable[Reservee]) -> list[tuple[str, ...]]:
    """Give reservees as rows under :data:`HEADER`."""
    return [_row(each) for each in reservees]


def list_unheld(rows: Iterable[Sequence[str]]) -> dict[str, list[str]]:
    """Give the characters that CP932 does not have, each with the ids of the rows it stands in, by character."""
    found: dict[str, list[str]] = {}
    for row in rows:
        for sign in sorted(set("".join(row[1:]))):
            try:
                sign.encode("cp932")
            except UnicodeEncodeError:
                found.setdefault(sign, []).append(row[0])
    return dict(sorted(found.items()))


def _row(of: Reservee) -> tuple[str, ...]:
    confirmed = "" if of.confirmed_at is None else of.confirmed_at.isoformat()
    blocked = "" if of.blocked_until is None else of.blocked_until.isoformat()
    who = (of.name, of.kana, of.contact_name, of.email, of.phone)
    return (of.id, of.kind.value, of.user_class, *who, of.registered_at.isoformat(), confirmed, blocked)
