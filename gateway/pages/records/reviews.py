"""Access reviews (棚卸し): begun for an area and a reviewer, marked line by line, signed with a name.

Names are for the reviewer and for whoever may see names at doors; others see how far a review is.
"""

import secrets
from datetime import date, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request
from fastapi import Path as InPath
from starlette.responses import Response

from domain.civil import JST, instant
from gateway.operations.access.sign_review import NAME_LENGTH_MAX, ReviewFault, open_review, sign_review
from gateway.operations.identity.roles import Role
from gateway.pages.access.rights import Right
from gateway.pages.access.roles import allow
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.records.area_reach import list_area_levels, list_ways_in
from gateway.pages.records.looks import note_look
from store.reviews import (
    Review,
    list_review_lines,
    list_reviewers,
    list_reviews,
    load_last_entries,
    load_review,
    save_marks,
    save_rest_kept,
)

router = APIRouter()

REVIEWS_MAX = 100
LINES_MAX = 100
"""Lines of a page: what one form brings."""

USUAL_DAYS = 14
REVIEWING = tuple(role for role in Role if allow(role, Right.answer_reviews))

ReviewId = Annotated[str, InPath(pattern=r"^[0-9a-f]{16}$")]


@router.get("/reviews")
def get_reviews(visit: Visitor) -> Response:
    """Show the reviews: everybody's, or one's own."""
    return _show_list(visit)


@router.post("/reviews")
def post_review(
    visit: Visitor,
    review: Annotated[str, Form(pattern=r"^[0-9a-f]{16}$")],
    area: Annotated[str, Form(max_length=63)] = "",
    reviewer: Annotated[str, Form(max_length=63)] = "",
    due: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Begin a review."""
    context = visit.pages.context
    fault: ReviewFault | None
    with context.store.transaction(context.now()) as tx:
        due_on = _read_day(due)
        if area not in {each.id for each in context.site.areas}:
            fault = ReviewFault.no_area
        elif reviewer not in {who for who, _ in list_reviewers(tx, REVIEWING)}:
            fault = ReviewFault.no_reviewer
        elif due_on is None:
            fault = ReviewFault.bad_due
        else:
            fault = open_review(
                tx,
                review,
                area_id=area,
                levels=list_area_levels(context.site, area),
                reviewer_id=reviewer,
                due_at=instant(due_on + timedelta(days=1), 0),
                by=visit.signed_in.login,
            )
    if fault is not None:
        return _show_list(visit, fault, area=area, reviewer=reviewer, due=due)
    return see_other(f"/reviews/{review}")


@router.get("/reviews/{review_id}")
def get_review(visit: Visitor, review_id: ReviewId, after: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Show a review with its lines."""
    return _show(visit, review_id, after=after)


async def read_marks(request: Request) -> dict[tuple[str, str], bool]:
    """Read the decisions of a page's lines: fields ``mark/<person>/<level>`` that say keep or remove."""
    found: dict[tuple[str, str], bool] = {}
    for name, value in (await request.form()).multi_items():
        parts = name.split("/")
        if len(parts) == 3 and parts[0] == "mark" and value in ("keep", "remove"):
            found[parts[1], parts[2]] = value == "keep"
    return found


@router.post("/reviews/{review_id}/marks")
def post_marks(
    visit: Visitor,
    review_id: ReviewId,
    marks: Annotated[dict[tuple[str, str], bool], Depends(read_marks)],
    after: Annotated[str, Form(max_length=200)] = "",
    rest: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Keep the decisions of a page; ``rest``: and keep everybody else who is not marked yet."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        review = _own(visit, load_review(tx, review_id, lock=True))
        if review.signed_at is None:
            save_marks(tx, review_id, marks, by=visit.signed_in.login)
            if rest == "keep":
                save_rest_kept(tx, review_id, by=visit.signed_in.login)
    if review.signed_at is not None:
        return _show(visit, review_id, ReviewFault.signed)
    return see_other(f"/reviews/{review_id}?after={after}" if after else f"/reviews/{review_id}")


@router.post("/reviews/{review_id}/sign")
def post_signature(visit: Visitor, review_id: ReviewId, name: Annotated[str, Form(max_length=400)] = "") -> Response:
    """Sign: what was marked "remove" ends now."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        _own(visit, load_review(tx, review_id))
        fault = sign_review(tx, review_id, by=visit.signed_in.login, name=name)
    if fault is not None:
        return _show(visit, review_id, fault, name=name)
    context.committed.set()
    return see_other(f"/reviews/{review_id}")


def _own(visit: Visit, review: Review | None) -> Review:
    """Give the review if it is this visitor's to answer; another's is not there for him."""
    if review is None or review.reviewer_id != visit.signed_in.person_id:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return review


def _show_list(
    visit: Visit, fault: ReviewFault | None = None, *, area: str = "", reviewer: str = "", due: str = ""
) -> Response:
    context = visit.pages.context
    now, everybody, opens = context.now(), visit.may(Right.read_reviews), visit.may(Right.open_reviews)
    with context.store.reading(now) as tx:
        mine = None if everybody else visit.signed_in.person_id
        reviews = list_reviews(tx, reviewer_id=mine, limit=REVIEWS_MAX)
        reviewers = list_reviewers(tx, REVIEWING) if opens else []
    usual = now.astimezone(JST).date() + timedelta(days=USUAL_DAYS)
    return visit.render(
        "records/reviews.html",
        waiting=[review for review in reviews if review.signed_at is None],
        signed=[review for review in reviews if review.signed_at is not None],
        areas={each.id: each for each in context.site.areas},
        reviewers=reviewers,
        opens=opens,
        new_id=secrets.token_hex(8),
        chosen={"area": area, "reviewer": reviewer, "due": due or usual.isoformat()},
        fault=fault,
        now=now,
    )


def _show(
    visit: Visit, review_id: str, fault: ReviewFault | None = None, *, after: str = "", name: str = ""
) -> Response:
    context = visit.pages.context
    who, _, level = after.partition("/")
    with context.store.reading(context.now()) as tx:
        review = load_review(tx, review_id)
        if review is None or not (visit.may(Right.read_reviews) or review.reviewer_id == visit.signed_in.person_id):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        is_own = review.reviewer_id == visit.signed_in.person_id
        named = is_own or visit.may(Right.names_at_doors)
        lines = list_review_lines(tx, review_id, after=(who, level) if level else None, limit=LINES_MAX + 1)
        shown = lines[:LINES_MAX] if named else []
        last = load_last_entries(tx, {line.person_id for line in shown}, list_ways_in(context.site, review.area_id))
    if shown:
        note_look(visit, "report", None, f"reviews/{review_id}")
    areas = {each.id: each for each in context.site.areas}
    return visit.render(
        "records/review.html",
        review=review,
        area=areas.get(review.area_id),
        lines=shown,
        last=last,
        levels={each.id: each.name for each in context.site.levels},
        answers=is_own and review.signed_at is None and visit.may(Right.answer_reviews),
        named=named,
        after=after,
        older=f"{shown[-1].person_id}/{shown[-1].level_id}" if shown and len(lines) > LINES_MAX else "",
        fault=fault,
        name=name or visit.signed_in.name,
        name_max=NAME_LENGTH_MAX,
        now=context.now(),
    )


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
