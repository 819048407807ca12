"""Open a review of who may enter an area, and sign it: what was marked "remove" ends in the same transaction.

A right that only the person's own grant gives ends with that grant. What a department, a group or HR's file gives would
come again, or is not one person's: there the level is denied to the person, which wins over every grant.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from store.denials import Denial, insert_denial
from store.reviews import insert_review, list_reach, list_review_lines, load_review, save_signed
from store.rights import end_grants
from store.tx import Tx

NAME_LENGTH_MAX = 40


class ReviewFault(StrEnum):
    """Why a review was not opened or not signed."""

    no_reviewer = "no_reviewer"
    no_area = "no_area"
    bad_due = "bad_due"
    not_all_marked = "not_all_marked"
    no_name = "no_name"
    signed = "signed"


def open_review(
    tx: Tx, review_id: str, *, area_id: str, levels: Collection[str], reviewer_id: str, due_at: datetime, by: str
) -> ReviewFault | None:
    """Open a review of everybody whom one of the levels reaches; the same id twice is one review."""
    if due_at <= tx.now:
        return ReviewFault.bad_due
    reach = list_reach(tx, levels)
    insert_review(tx, review_id, area_id=area_id, reviewer_id=reviewer_id, by=by, due_at=due_at, reach=reach)
    return None


def sign_review(tx: Tx, review_id: str, *, by: str, name: str) -> ReviewFault | None:
    """Sign a review and end what it removes; gives why not, and then nothing is changed.

    Raises:
        LookupError: there is no such review.
    """
    review = load_review(tx, review_id, lock=True)
    if review is None:
        raise LookupError(review_id)
    name = " ".join(name.split())
    if review.signed_at is not None:
        return ReviewFault.signed
    if review.marked < review.lines:
        return ReviewFault.not_all_marked
    if not name or len(name) > NAME_LENGTH_MAX or not name.isprintable():
        return ReviewFault.no_name
    removed = [line for line in list_review_lines(tx, review_id) if line.keep is False]
    reason = f"棚卸し {review_id}"
    own = [grant for line in removed for grant in line.grants]
    if own:
        end_grants(tx, own, by=by, reason=reason)
    for line in removed:
        if line.shared:
            denial = f"review:{review_id}:{line.person_id}:{line.level_id}"
            insert_denial(tx, Denial(denial, "person", line.person_id, line.level_id, reason, by))
    save_signed(tx, review_id, by=by, name=name)
    return None
