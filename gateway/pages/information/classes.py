"""情報の分類: the classes that count and what they ask for, those that wait for a second person, and what they were."""

from typing import Annotated

from fastapi import APIRouter, Form, UploadFile
from starlette.responses import Response

from contract.information_file import BYTES_MAX, InformationFileError, read_information_toml, write_information_toml
from domain.zones.information import Handling, InformationClass
from domain.zones.zone_fault import ZoneFaultsError
from gateway.operations.zones.keep_information_class import decide_information_class, keep_information_class
from gateway.pages.access.rights import Right
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.information.second_word import FormIds, FormVerdict, say_word, tell_lines
from gateway.pages.tier_people.tiers_now import list_tiers, today_of
from gateway.pages.tiers.naming import name_logins, name_tiers
from store.information_classes import list_class_versions, load_register
from store.tx import Tx
from store.versions import VersionState

router = APIRouter()


@router.get("/information-classes")
def get_classes(visit: Visitor) -> Response:
    """Show the classes side by side."""
    return _show(visit)


@router.post("/information-classes")
def post_classes(
    visit: Visitor, *, text: Annotated[str, Form(max_length=BYTES_MAX)] = "", file: UploadFile | None = None
) -> Response:
    """Enter the classes of a text or a file: what differs from what counts waits for a second person."""
    content = text.replace("\r\n", "\n").encode()
    if file is not None and file.filename:
        content = file.file.read(BYTES_MAX + 1)
    context = visit.pages.context
    try:
        classes = read_information_toml(content)
        with context.store.transaction(context.now()) as tx:
            tiers = {str(each.id) for each in list_tiers(visit, today_of(tx))}
            for each in classes:
                _keep(visit, tx, each, tiers)
    except InformationFileError as error:
        return _show(visit, faults=str(error).splitlines(), text=text)
    except _WrongClassError as error:
        return _show(visit, faults=error.lines, text=text)
    return see_other("/information-classes#waiting")


@router.post("/information-classes/decide")
def post_word(visit: Visitor, ids: FormIds, verdict: FormVerdict = "approve") -> Response:
    """Approve or refuse what waits: all of it or none."""
    if faults := say_word(visit, ids, verdict, decide_information_class):
        return _show(visit, faults=faults)
    return see_other("/information-classes")


class _WrongClassError(Exception):
    def __init__(self, lines: list[str]) -> None:
        super().__init__("wrong class")
        self.lines = lines


def _keep(visit: Visit, tx: Tx, new: InformationClass, tiers: set[str]) -> None:
    try:
        keep_information_class(tx, new, by=visit.signed_in.login, tiers=tiers)
    except ZoneFaultsError as error:
        raise _WrongClassError([f"{new.id}: {line}" for line in tell_lines(visit, error)]) from None


def _show(visit: Visit, *, faults: list[str] | None = None, text: str = "") -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        register, today = load_register(tx), today_of(tx)
        versions = list_class_versions(tx)
        logins = {login for each in versions for login in (each.standing.asked_by, each.standing.decided_by)}
        names = name_logins(tx, logins)
    return visit.render(
        "information/classes.html",
        classes=register.classes,
        in_force={each.id for each in register.classes if register.find(each.id, today)},
        waiting=[each for each in versions if each.standing.state is VersionState.waiting],
        past=[each for each in versions if each.standing.state is not VersionState.waiting][:50],
        handlings=list(Handling),
        names=name_tiers(context.tiers.plan.tiers),
        logins=names,
        keeps=visit.may(Right.keep_tiers),
        text=text or write_information_toml(register.classes),
        now=tx.now,
        today=today,
        faults=faults or [],
        fault="faults" if faults else None,
    )
