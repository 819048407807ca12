"""What a person may open and why: posts, groups, grants, denials, cards; giving and ending rights."""

from collections.abc import Mapping
from datetime import date, timedelta
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import Response

from domain.access.rights import PersonKind, PostKind, Subject, SubjectKind
from domain.civil import JST
from gateway.operations.access.give_right import REASON_LENGTH_MAX
from gateway.operations.access.place_person import NAME_LENGTH_MAX
from gateway.pages.access.rights import Right
from gateway.pages.devices.revocation_view import Progress, derive_progress
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.visit import Visit
from gateway.pages.persons.persons_cards import CARD_VIEW, list_card_views
from gateway.pages.persons.subject_rights import SubjectPage, add_rights_forms
from store.cards import list_card_changes
from store.contractors import load_terms
from store.denials import list_denials
from store.devices import list_device_statuses
from store.directory import load_directory_line
from store.groups import list_persons_groups
from store.organisation import NOT_OF_THE_CITY
from store.people import Department, Person, list_departments, load_person
from store.posts import list_posts
from store.publications import list_publications
from store.rights import list_grants
from store.staffing import list_waiting_orders
from store.tx import Tx

router = APIRouter()

WATCHED = timedelta(minutes=30)
"""A card's change is counted through the doors for so long on this page; later the list of changes tells."""

PUBLICATIONS_MAX = 50
CHANGES_MAX = 20

FormId = Annotated[str, Form(pattern=r"^[0-9a-f]{16}$")]


@router.get("/access/{person_id}")
def get_persons_access(visit: Visitor, person_id: str) -> Response:
    """Show what a person may open, by whose word and until when."""
    return show(visit, person_id)


@router.get("/access/{person_id}/part")
def get_persons_access_part(visit: Visitor, person_id: str) -> Response:
    """Give how far the last change of the person's cards has come, alone."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        progress = _load_progress(visit, tx, person_id)
    return visit.render("persons/parts/card_progress.html", progress=progress, now=tx.now)


def show(
    visit: Visit, person_id: str, *, fault: str = "", about: str = "", kept: Mapping[str, str] | None = None
) -> Response:
    """Show the page; with a ``fault`` of the form that was sent, ``about`` names the form, ``kept`` what was typed."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        line, person = load_directory_line(tx, person_id), load_person(tx, person_id)
        if line is None or person is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        today = tx.now.astimezone(JST).date()
        departments = {each.id: each for each in list_departments(tx)}
        posts = [each for each in list_posts(tx, person_id) if _goes_on(each.until_on, today)]
        groups = [each for each in list_persons_groups(tx, person_id) if _goes_on(each.until_on, today)]
        belongs = {each.department_id for each in posts}, {each.group_id for each in groups}
        subjects = _reaching(person_id, *belongs, departments)
        grants = list_grants(tx, subjects)
        values: dict[str, Any] = {
            "person": line,
            "about_person": person,
            "terms": load_terms(tx, person_id),
            "sponsor": load_directory_line(tx, person.sponsor_id) if person.sponsor_id else None,
            "posts": [each for each in posts if each.department_id not in NOT_OF_THE_CITY],
            "groups": groups,
            "grants": [each for each in grants if each.valid_until is None or each.valid_until > tx.now],
            "denials": [each for each in list_denials(tx, subjects) if _goes_on(each.until_on, today)],
            "orders": list_waiting_orders(tx, person_id),
            "cards": list_card_views(tx, person_id),
            "changes": list_card_changes(tx, person_id, limit=CHANGES_MAX),
            "progress": _load_progress(visit, tx, person_id),
        }
    names = {each.group_id: each.group_name for each in groups}
    return visit.render(
        "persons/persons_access.html",
        **values,
        **CARD_VIEW,
        departments={each.id: each.name for each in departments.values()},
        post_departments=[each for each in departments.values() if each.id not in NOT_OF_THE_CITY],
        post_kinds=(PostKind.concurrent, PostKind.acting),
        group_names=names,
        levels={each.id: each.name for each in context.site.levels},
        gives=visit.may(Right.give_rights),
        keeps=visit.may(Right.keep_cards),
        ends=may_end(visit, person),
        moves=visit.may(Right.end_people) and person.kind == PersonKind.staff,
        title_max=NAME_LENGTH_MAX,
        reason_max=REASON_LENGTH_MAX,
        fault=fault,
        about=about,
        kept=kept or {},
        now=tx.now,
        today=today,
        back="access",
    )


def may_end(visit: Visit, person: Person) -> bool:
    """Tell whether the visitor may end a person: HR anybody, the desk those of other companies."""
    if visit.may(Right.end_people):
        return True
    return person.kind == PersonKind.contractor and visit.may(Right.give_rights)


def _reaching(
    person_id: str, posts: set[str], groups: set[str], departments: Mapping[str, Department]
) -> list[Subject]:
    """Everything whose grants reach the person: itself, the departments up to the top, the groups."""
    above: set[str] = set()
    edge = list(posts)
    while edge:
        here = edge.pop()
        if here not in above:
            above.add(here)
            upper = departments[here].parent_id if here in departments else None
            edge += [upper] if upper else []
    return [
        Subject(SubjectKind.person, person_id),
        *(Subject(SubjectKind.department, each) for each in sorted(above)),
        *(Subject(SubjectKind.group, each) for each in sorted(groups)),
    ]


def _goes_on(until_on: date | None, today: date) -> bool:
    return until_on is None or until_on >= today


def _load_progress(visit: Visit, tx: Tx, person_id: str) -> Progress | str | None:
    """Give how far the newest change of a card's status has come: ``waiting`` before it is published, None without."""
    told = [change for change in list_card_changes(tx, person_id, limit=CHANGES_MAX) if change.kind == "status"]
    if not told or tx.now - told[0].changed_at > WATCHED:
        return None
    later = [each for each in list_publications(tx, limit=PUBLICATIONS_MAX) if each.issued_at >= told[0].changed_at]
    if not later:
        return "waiting"
    first = min(later, key=lambda each: each.version)
    return derive_progress(visit.pages.context.site, list_device_statuses(tx), first)


add_rights_forms(router, SubjectPage("/access", "person_id", SubjectKind.person, show))
