"""Messages about keys that are out: each told once, and told no more once the key is back."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from domain.civil import JST
from domain.keys.custody import Custody, HolderKind
from domain.keys.key import Custodian
from domain.keys.loan_news import LoanNews, LoanNewsKind, list_subjects
from domain.notices.message import Message
from store.loans_out import CopyOut
from store.messages import insert_messages, settle_messages
from store.tx import Tx

HOLDERS_LINK = "/messages"
"""A holder may have no page about keys; the message itself says everything."""

NAMES_MAX = 3
"""So many keys of a loan are named."""


def name_message(kind: LoanNewsKind) -> str:
    """Give the kind of message that tells some news."""
    return f"key_{kind.value}"


def name_copies(out: Sequence[CopyOut]) -> str:
    """Name what is out of a loan, in so many words as a message may take."""
    names = "、".join(copy.name for copy in out[:NAMES_MAX])
    return names if len(out) <= NAMES_MAX else f"{names} (+{len(out) - NAMES_MAX})"


def tell_news(
    tx: Tx, news: Iterable[LoanNews], copies: Mapping[str, list[CopyOut]], answering: Collection[Custodian]
) -> int:
    """Tell what was not told before, and give how many messages are new.

    Args:
        tx: the transaction.
        news: what there is to tell.
        copies: what is out, by loan.
        answering: who answers for keys today: each is led to the page of a key of the loan that is theirs.
    """
    messages = []
    for each in news:
        out = copies[each.subject.partition("/")[0]]
        filling = {"key": name_copies(out), "due": f"{out[0].due_at.astimezone(JST):%Y-%m-%d %H:%M}"}
        link = HOLDERS_LINK if each.person_id == out[0].person_id else _lead_custodian(each.person_id, out, answering)
        messages.append(Message(each.person_id, name_message(each.kind), each.subject, link, filling))
    return insert_messages(tx, messages) if messages else 0


def _lead_custodian(person_id: str, out: Sequence[CopyOut], answering: Iterable[Custodian]) -> str:
    theirs = {each.key_id for each in answering if each.person_id == person_id}
    return f"/keys/{next(copy.key_id for copy in out if None in theirs or copy.key_id in theirs)}"


def settle_news(tx: Tx, brought: Iterable[Custody]) -> None:
    """Let nobody be told any more of loans that these copies were out by."""
    _settle(tx, brought)


def settle_former(tx: Tx, former: Iterable[Custody]) -> None:
    """Let those hear no more of loans who had these copies and have them no longer, though they are out still."""
    held = [each for each in former if each.holder is not None and each.holder.kind is HolderKind.person]
    for holder in {each.holder for each in held if each.holder is not None}:
        _settle(tx, [each for each in held if each.holder == holder], person_id=holder.id)


def _settle(tx: Tx, copies: Iterable[Custody], *, person_id: str | None = None) -> None:
    loans = {(each.loan_id, each.due_at) for each in copies}
    known = [(loan_id, due_at) for loan_id, due_at in loans if loan_id is not None and due_at is not None]
    subjects = sorted({subject for loan_id, due_at in known for subject in list_subjects(loan_id, due_at)})
    for kind in LoanNewsKind if subjects else ():
        settle_messages(tx, name_message(kind), subjects, person_id=person_id)
