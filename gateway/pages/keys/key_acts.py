"""What is done about copies at the key's page: brought back, lost, found, looked over, extended, put right, retired."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from domain.civil import JST
from domain.keys.custody import Holder, HolderKind
from domain.keys.key import Place
from domain.keys.key_fault import Why, refuse
from gateway.custody.retirement import Retirement, retire_copies
from gateway.operations.keys.extend_loan import Extension, extend_loan
from gateway.operations.keys.report_key import Report, correct_custody, inspect_key, report_found, report_lost
from gateway.operations.keys.retire_key import retire_key
from gateway.operations.keys.return_key import BroughtBack, return_key
from gateway.pages.desk.second import prove_second
from gateway.pages.drawing.field_faults import FieldFaults
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.visit import Visit
from gateway.pages.keys.key_page import demand_copies, do_about_key, show_key
from gateway.pages.keys.key_scope import read_key_scope
from store.directory import find_person
from store.key_custody import list_custodies, list_custodies_of_loan
from store.keys import list_copies
from store.rekey_cases import list_open_cases
from store.tx import Tx

router = APIRouter()

FormId = Annotated[str, Form(pattern=r"^[0-9a-f]{16}$")]
CopyId = Annotated[str, Form(max_length=63)]
Words = Annotated[str, Form(max_length=1000)]
"""Longer than the ledger takes, so that too much is said beside its field."""


@router.post("/keys/{key_id}/return")
def post_return(visit: Visitor, key_id: str, request: FormId, piece: CopyId, reason: Words = "") -> Response:
    """Take a copy back."""

    def act(tx: Tx) -> None:
        demand_copies(tx, key_id, [piece])
        return_key(tx, BroughtBack(request, frozenset((piece,)), visit.signed_in.login, reason=reason))

    return do_about_key(visit, key_id, f"return-{piece}", act, kept={"reason": reason})


@router.post("/keys/{key_id}/lost")
def post_lost(visit: Visitor, key_id: str, request: FormId, piece: CopyId, reason: Words = "") -> Response:
    """Report a copy lost; leads to the case that lists every door that it opens."""

    def act(tx: Tx) -> str | None:
        demand_copies(tx, key_id, [piece])
        report_lost(tx, Report(request, frozenset((piece,)), visit.signed_in.login, reason))
        case = next(iter(list_open_cases(tx, copy_id=piece)), None)
        return f"/keys/cases/{case}" if case and read_key_scope(tx, visit).whole else None

    return do_about_key(visit, key_id, f"lost-{piece}", act, kept={"reason": reason})


@router.post("/keys/{key_id}/found")
def post_found(visit: Visitor, key_id: str, request: FormId, piece: CopyId, reason: Words = "") -> Response:
    """Report that a lost copy is here again."""

    def act(tx: Tx) -> None:
        demand_copies(tx, key_id, [piece])
        report_found(tx, Report(request, frozenset((piece,)), visit.signed_in.login, reason))

    return do_about_key(visit, key_id, f"found-{piece}", act, kept={"reason": reason})


@router.post("/keys/{key_id}/inspection")
def post_inspection(
    visit: Visitor,
    *,
    key_id: str,
    request: FormId,
    piece: CopyId,
    found: Annotated[Literal["sound", "damaged"], Form()] = "sound",
    reason: Words = "",
) -> Response:
    """Write down what an inspection found."""

    def act(tx: Tx) -> None:
        demand_copies(tx, key_id, [piece])
        report = Report(request, frozenset((piece,)), visit.signed_in.login, reason)
        inspect_key(tx, report, damaged=found == "damaged")

    return do_about_key(visit, key_id, f"inspection-{piece}", act, kept={"reason": reason, "found": found})


@router.post("/keys/{key_id}/extension")
def post_extension(
    visit: Visitor,
    *,
    key_id: str,
    request: FormId,
    piece: CopyId,
    due_at: Annotated[str, Form(max_length=40)] = "",
    reason: Words = "",
) -> Response:
    """Let the loan of a copy be due later."""

    def act(tx: Tx) -> None:
        demand_copies(tx, key_id, [piece])
        loan_id = list_custodies(tx, [piece])[piece].loan_id
        if loan_id is None:
            raise refuse("copy", Why.not_out)
        extend_loan(tx, Extension(request, loan_id, read_time(due_at), visit.signed_in.login, reason))

    return do_about_key(visit, key_id, f"extension-{piece}", act, kept={"reason": reason, "due_at": due_at})


@router.post("/keys/{key_id}/place")
def post_place(
    visit: Visitor,
    sent: Request,
    *,
    key_id: str,
    request: FormId,
    piece: CopyId,
    place: CopyId = "",
    hook: Annotated[str, Form(max_length=8)] = "",
    second: Annotated[str, Form(max_length=63)] = "",
    second_password: Words = "",
    reason: Words = "",
) -> Response:
    """Put right where a copy hangs, by the word of two; the second one proves it by the own password."""
    about, kept = f"place-{piece}", {"reason": reason, "place": place, "hook": hook, "second": second}
    if faults := _prove_second(visit, sent, second, second_password):
        return show_key(visit, key_id, faults=faults, about=about, kept=kept)

    def act(tx: Tx) -> None:
        demand_copies(tx, key_id, [piece])
        report = Report(request, frozenset((piece,)), visit.signed_in.login, reason, second.strip())
        correct_custody(tx, report, place=read_place(place, hook))

    return do_about_key(visit, key_id, about, act, kept=kept)


@router.post("/keys/{key_id}/holder")
def post_holder(
    visit: Visitor,
    sent: Request,
    *,
    key_id: str,
    request: FormId,
    piece: CopyId,
    who: Annotated[str, Form(max_length=80)] = "",
    second: Annotated[str, Form(max_length=63)] = "",
    second_password: Words = "",
    reason: Words = "",
) -> Response:
    """Put right who has a copy, and all that went out with it, by the word of two."""
    about, kept = f"holder-{piece}", {"reason": reason, "who": who, "second": second}
    if faults := _prove_second(visit, sent, second, second_password):
        return show_key(visit, key_id, faults=faults, about=about, kept=kept)

    def act(tx: Tx) -> None:
        demand_copies(tx, key_id, [piece])
        custody = list_custodies(tx, [piece])[piece]
        if custody.loan_id is None:
            raise refuse("copy", Why.not_out)
        person_id = find_person(tx, who)
        if person_id is None:
            raise refuse("borrower", Why.unknown)
        out = list_custodies_of_loan(tx, custody.loan_id)
        together = frozenset(id_ for id_, each in out.items() if each.holder == custody.holder)
        scope = read_key_scope(tx, visit)
        for each in list_copies(tx, together).values():
            scope.demand_kept(each.key_id)
        report = Report(request, together, visit.signed_in.login, reason, second.strip())
        correct_custody(tx, report, holder=Holder(HolderKind.person, person_id))

    return do_about_key(visit, key_id, about, act, kept=kept)


@router.post("/keys/{key_id}/retirement")
def post_retirement(
    visit: Visitor, key_id: str, request: FormId, piece: Annotated[str, Form(max_length=63)] = "", reason: Words = ""
) -> Response:
    """Retire a copy; without one the key with every copy that is left."""

    def act(tx: Tx) -> None:
        asked = Retirement(request, visit.signed_in.login, reason)
        if not piece:
            retire_key(tx, key_id, asked)
            return
        demand_copies(tx, key_id, [piece])
        retire_copies(tx, frozenset((piece,)), asked)

    about = f"retirement-{piece}" if piece else "retirement"
    return do_about_key(visit, key_id, about, act, registers=True, kept={"reason": reason})


def _prove_second(visit: Visit, sent: Request, login: str, password: str) -> FieldFaults:
    wrong = prove_second(visit, sent, login, password)
    return {} if wrong is None else {"second": [visit.phrases.say(wrong)]}


def read_time(text: str) -> datetime:
    """Read the minute of a form's field, civil time of Japan.

    Raises:
        KeyFaultError: it is none.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is not None or not 1990 <= at.year <= 2200:
        raise refuse("due_at", Why.malformed, expected="YYYY-MM-DD HH:MM")
    return at.replace(tzinfo=JST)


def read_place(cabinet: str, hook: str) -> Place:
    """Read a cabinet and the number of its hook; without a number it is the cabinet itself.

    Raises:
        KeyFaultError: it is none.
    """
    number = hook.strip()
    if not cabinet or (number and not (number.isascii() and number.isdecimal())):
        raise refuse("position", Why.malformed, expected="1-")
    return Place(cabinet, int(number) if number else None)
