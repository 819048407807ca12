"""Messages about keys that are out: each told once, and told no more once the key is back."""

from collections.abc import Iterable, Mapping, Sequence

from domain.civil import JST
from domain.keys.custody import Custody
from domain.keys.loan_news import LoanNews, LoanNewsKind, list_subjects
from domain.notices.message import Message
from store.loans_out import CopyOut
from store.messages import insert_messages, settle_messages
from store.tx import Tx

_HOLDERS_LINK, _CUSTODIANS_LINK = "/messages", "/desk"
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


def tell_news(tx: Tx, news: Iterable[LoanNews], copies: Mapping[str, list[CopyOut]]) -> int:
    """Tell what was not told before; ``copies`` by loan are what is out. Gives how many messages are new."""
    messages = []
    for each in news:
        out = copies[each.subject.partition("/")[0]]
        filling = {"key": name_copies(out), "due": f"{out[0].due_at.astimezone(JST):%Y-%m-%d %H:%M}"}
        own = each.person_id == out[0].person_id
        link = _HOLDERS_LINK if own else _CUSTODIANS_LINK
        messages.append(Message(each.person_id, name_message(each.kind), each.subject, link, filling))
    return insert_messages(tx, messages) if messages else 0


def settle_news(tx: Tx, brought: Iterable[Custody]) -> None:
    """Let nobody be told any more of loans that these copies were out by."""
    loans = {(each.loan_id, each.due_at) for each in brought}
    known = [(loan_id, due_at) for loan_id, due_at in loans if loan_id is not None and due_at is not None]
    subjects = sorted({subject for loan_id, due_at in known for subject in list_subjects(loan_id, due_at)})
    for kind in LoanNewsKind if subjects else ():
        settle_messages(tx, name_message(kind), subjects)
