"""The desk: a visitor received with what is handed over, another pass, and the code on paper."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Literal

import segno
from fastapi import APIRouter, Form, HTTPException
from markupsafe import Markup
from starlette.responses import Response

from domain.access.visits import VisitFault, VisitFaultError
from domain.ids import TOKEN_PATTERN
from gateway.operations.access.enrol_card import EnrolFaultError, enrol_card
from gateway.operations.access.receive_visitor import (
    PassKind,
    WantedPass,
    demand_person,
    give_pass,
    receive_visitor,
)
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.visitors.visit_view import view_visit
from gateway.pages.visitors.visits import show_visit
from gateway.people.visit_code import CODE_ID_BYTES, make_code_pass, write_visit_code
from store.tx import Tx
from store.visits import GuestVisit, load_visit_line

router = APIRouter()

FormId = Annotated[str, Form(pattern=r"^[0-9a-f]{16}$")]
CardToken = Annotated[str, Form(pattern=f"(^$)|({TOKEN_PATTERN})")]
Handed = Literal["card", "next", "code", "escort"]
"""How a visitor gets in: a card by its number, the next card held to a reader, a code, or behind the host alone."""


@router.get("/visits/{visit_id}/code")
def get_code(visit: Visitor, visit_id: str) -> Response:
    """Show the visitor's code, to be printed or photographed."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        line = load_visit_line(tx, visit_id)
        text = None if line is None else write_visit_code(context, line.visit)
    if line is None or text is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    drawn = segno.make_qr(text).svg_inline(svgclass="code-image", lineclass=None, omitsize=True)
    levels = [level for level in context.site.levels if level.id in line.visit.levels]
    shown = view_visit(line, context.now())
    return visit.render("visitors/visit_code.html", view=shown, image=Markup(drawn), levels=levels, now=context.now())  # noqa: S704


@router.post("/visits/{visit_id}/receive")
def post_reception(
    visit: Visitor,
    *,
    visit_id: str,
    handed: Annotated[Handed, Form()],
    request: FormId,
    card: CardToken = "",
    reader: Annotated[str, Form(max_length=63)] = "",
    identified: Annotated[bool, Form()] = False,
) -> Response:
    """Receive the visitor with what is handed over."""

    def receive(tx: Tx, wanted: WantedPass) -> GuestVisit:
        return receive_visitor(tx, visit_id, wanted, identified=identified, by=visit.signed_in.login)

    return _Desk(visit, visit_id, handed, card, reader, request).hand_over(receive)


@router.post("/visits/{visit_id}/pass")
def post_pass(
    visit: Visitor,
    *,
    visit_id: str,
    handed: Annotated[Handed, Form()],
    request: FormId,
    card: CardToken = "",
    reader: Annotated[str, Form(max_length=63)] = "",
) -> Response:
    """Hand over another pass."""

    def give(tx: Tx, wanted: WantedPass) -> GuestVisit:
        return give_pass(tx, visit_id, wanted, by=visit.signed_in.login)

    return _Desk(visit, visit_id, handed, card, reader, request).hand_over(give)


@dataclass(frozen=True, slots=True)
class _Desk:
    """One handing over at the desk: what is handed, and where the next card is waited for."""

    visit: Visit
    visit_id: str
    handed: Handed
    card: str
    reader: str
    request: str

    def hand_over(self, act: Callable[[Tx, WantedPass], GuestVisit]) -> Response:
        """Do it; a card by number or a code at once, the next card once it comes."""
        context = self.visit.pages.context
        try:
            with context.store.transaction(context.now()) as tx:
                kept = act(tx, self._want())
                if self.handed == "next":
                    self._wait(tx, demand_person(kept))
        except (VisitFaultError, EnrolFaultError) as error:
            fault = error.fault if isinstance(error, VisitFaultError) else f"enrol.{error.fault}"
            return show_visit(self.visit, self.visit_id, fault=fault)
        if self.handed == "code":
            return self._lead_on("/code")
        return self._lead_on(f"?card={self.request}" if self.handed == "next" else "")

    def _lead_on(self, way: str) -> Response:
        self.visit.pages.context.committed.set()
        return see_other(f"/visits/{self.visit_id}{way}")

    def _want(self) -> WantedPass:
        if self.handed == "code":
            return make_code_pass(self.visit.pages.context, secrets.token_bytes(CODE_ID_BYTES))
        if self.handed == "card":
            if not self.card:
                raise VisitFaultError(VisitFault.no_pass)
            return WantedPass(PassKind.card, self.card)
        return WantedPass(PassKind.escort)

    def _wait(self, tx: Tx, person_id: str) -> None:
        readers = {each.id for each in self.visit.pages.context.site.readers}
        enrol_card(
            tx,
            self.request,
            person_id=person_id,
            reader_id=self.reader,
            label=self.visit_id,
            by=self.visit.signed_in.login,
            readers=readers,
        )
