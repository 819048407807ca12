"""Granting, denying and ending levels: the same four forms for a person, a department and a group."""

from collections.abc import Mapping
from typing import Annotated, NamedTuple, Protocol

from fastapi import APIRouter, Path
from starlette.responses import Response

from domain.access.rights import Subject, SubjectKind
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.persons.rights_form import Reason, RightFields, end_right, give_right


class ShowPage(Protocol):
    """Shows a subject's page; with a ``fault`` of the form ``about``, ``kept`` is what was typed."""

    def __call__(
        self,
        visit: Visit,
        subject_id: str,
        /,
        *,
        fault: str = "",
        about: str = "",
        kept: Mapping[str, str] | None = None,
    ) -> Response:
        """Give the page."""


class SubjectPage(NamedTuple):
    """Where subjects of a kind are shown: ``/groups`` with ``group_id`` in its paths."""

    root: str
    id_name: str
    kind: SubjectKind
    show: ShowPage


def add_rights_forms(router: APIRouter, page: SubjectPage) -> None:
    """Add the routes ``…/grants``, ``…/denials`` and their ends, which lead back to the subject's page."""
    _add_forms(router, page, "grant", denied=False)
    _add_forms(router, page, "denial", denied=True)


def _add_forms(router: APIRouter, page: SubjectPage, sort: str, *, denied: bool) -> None:
    path = f"{page.root}/{{{page.id_name}}}/{sort}s"

    @router.post(path)
    def post_right(visit: Visitor, subject_id: Annotated[str, Path(alias=page.id_name)], form: RightFields) -> Response:
        fault = give_right(visit, Subject(page.kind, subject_id), form, denied=denied)
        if fault:
            return page.show(visit, subject_id, fault=fault, about=sort, kept=form.model_dump())
        return see_other(f"{page.root}/{subject_id}")

    @router.post(f"{path}/{{{sort}_id}}/end")
    def post_right_end(
        visit: Visitor,
        subject_id: Annotated[str, Path(alias=page.id_name)],
        right_id: Annotated[str, Path(alias=f"{sort}_id")],
        reason: Reason = "",
    ) -> Response:
        fault = end_right(visit, Subject(page.kind, subject_id), right_id, reason, denied=denied)
        if fault:
            return page.show(visit, subject_id, fault=fault, about=right_id)
        return see_other(f"{page.root}/{subject_id}")
