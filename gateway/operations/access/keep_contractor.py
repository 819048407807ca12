"""Let somebody of another company work here until a day, with a member of staff who answers for it; or change that.

Contractors are ended as everybody is (``end_person``).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.access.rights import PersonKind
from domain.civil import JST
from store.contractors import Terms, save_contractor
from store.people import load_person
from store.tx import Tx

TEXT_LENGTH_MAX = 80
REASON_LENGTH_MAX = 200


class ContractorFault(StrEnum):
    """Why a contractor is not known, or not changed."""

    no_name = "no_name"
    no_company = "no_company"
    no_sponsor = "no_sponsor"  # nobody of the staff, or several people, of that name or number
    sponsor_leaves = "sponsor_leaves"  # before the contractor does
    bad_day = "bad_day"  # none, or in the past
    no_reason = "no_reason"
    too_long = "too_long"


class ContractorFaultError(Exception):
    """Nothing was changed."""

    def __init__(self, fault: ContractorFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Agreement:
    """What somebody asks for: the company, the member of staff who answers, the last day, and why."""

    company: str
    sponsor_id: str | None
    until_on: date | None
    reason: str


def make_contractor(tx: Tx, person_id: str, name: str, kana: str, agreed: Agreement, *, by: str) -> None:
    """Let a contractor be known from today on; the same id again changes nothing.

    Args:
        tx: the transaction.
        person_id: made by the form.
        name: whom.
        kana: how it is read; may be empty.
        agreed: doors shut by themselves when the last day is over.
        by: the login of who does it.

    Raises:
        ContractorFaultError: see there.
    """
    if not name.strip():
        raise ContractorFaultError(ContractorFault.no_name)
    if max(len(name), len(kana)) > TEXT_LENGTH_MAX:
        raise ContractorFaultError(ContractorFault.too_long)
    terms = _demand_terms(tx, person_id, agreed, by)
    if load_person(tx, person_id) is None:
        joined_on = tx.now.astimezone(JST).date()
        save_contractor(tx, name.strip(), kana.strip(), terms, joined_on=joined_on)


def change_contractor(tx: Tx, person_id: str, agreed: Agreement, *, by: str) -> bool:
    """Agree otherwise on a contractor: another sponsor, another last day; False when there is no such contractor.

    Raises:
        ContractorFaultError: see there.
    """
    standing = load_person(tx, person_id)
    if standing is None or standing.kind != PersonKind.contractor:
        return False
    terms = _demand_terms(tx, person_id, agreed, by)
    save_contractor(tx, standing.name, standing.kana, terms, joined_on=standing.joined_on)
    return True


def _demand_terms(tx: Tx, person_id: str, agreed: Agreement, by: str) -> Terms:
    sponsor = load_person(tx, agreed.sponsor_id) if agreed.sponsor_id else None
    if not agreed.company.strip():
        raise ContractorFaultError(ContractorFault.no_company)
    if sponsor is None or sponsor.kind != PersonKind.staff:
        raise ContractorFaultError(ContractorFault.no_sponsor)
    if agreed.until_on is None or agreed.until_on < tx.now.astimezone(JST).date():
        raise ContractorFaultError(ContractorFault.bad_day)
    if sponsor.left_on is not None and sponsor.left_on < agreed.until_on:
        raise ContractorFaultError(ContractorFault.sponsor_leaves)
    if not agreed.reason.strip():
        raise ContractorFaultError(ContractorFault.no_reason)
    if len(agreed.reason) > REASON_LENGTH_MAX or len(agreed.company) > TEXT_LENGTH_MAX:
        raise ContractorFaultError(ContractorFault.too_long)
    return Terms(person_id, agreed.company.strip(), sponsor.id, agreed.until_on, agreed.reason.strip(), by)
