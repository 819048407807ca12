"""What is entered of a reservee: written in one way, and every fault of it."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from domain.facilities.contact import is_email, is_kana, is_phone, tidy_email, tidy_kana, tidy_phone, tidy_text
from domain.facilities.reservee import ReserveeKind
from domain.facilities.reservee_fault import ReserveeFault, ReserveeWhy

NAME_LENGTH_MAX = 80
EMAIL_LENGTH_MAX = 254


@dataclass(frozen=True, slots=True)
class ReserveeEntry:
    """What somebody enters of a citizen or a group; fields as those of ``domain.facilities.reservee.Reservee``."""

    kind: ReserveeKind
    user_class: str
    name: str
    kana: str = ""
    contact_name: str = ""
    email: str = ""
    phone: str = ""


def tidy_entry(entered: ReserveeEntry) -> ReserveeEntry:
    """Give an entry as it is kept, each field in its one spelling."""
    return ReserveeEntry(
        kind=entered.kind,
        user_class=entered.user_class,
        name=tidy_text(entered.name),
        kana=tidy_kana(entered.kana),
        contact_name=tidy_text(entered.contact_name),
        email=tidy_email(entered.email),
        phone=tidy_phone(entered.phone),
    )


def assess_entry(tidied: ReserveeEntry, user_classes: AbstractSet[str]) -> tuple[ReserveeFault, ...]:
    """Name everything that is wrong with a tidied entry; nothing is where it can be kept."""
    return (*_assess_who(tidied, user_classes), *_assess_contacts(tidied))


def _assess_who(tidied: ReserveeEntry, user_classes: AbstractSet[str]) -> Iterator[ReserveeFault]:
    if tidied.kind is ReserveeKind.staff:
        yield ReserveeFault("kind", ReserveeWhy.kind_staff)
    if tidied.user_class not in user_classes:
        yield ReserveeFault("user_class", ReserveeWhy.unknown_class)
    if not tidied.name:
        yield ReserveeFault("name", ReserveeWhy.name_missing)
    if tidied.kind is ReserveeKind.group and not tidied.contact_name:
        yield ReserveeFault("contact_name", ReserveeWhy.contact_name_missing)
    for field in ("name", "kana", "contact_name"):
        if len(getattr(tidied, field)) > NAME_LENGTH_MAX:
            yield ReserveeFault(field, ReserveeWhy.text_too_long, {"most": NAME_LENGTH_MAX})
    if not is_kana(tidied.kana):
        yield ReserveeFault("kana", ReserveeWhy.bad_kana)


def _assess_contacts(tidied: ReserveeEntry) -> Iterator[ReserveeFault]:
    if not (tidied.email or tidied.phone):
        yield ReserveeFault("email", ReserveeWhy.contact_missing)
    if len(tidied.email) > EMAIL_LENGTH_MAX:
        yield ReserveeFault("email", ReserveeWhy.text_too_long, {"most": EMAIL_LENGTH_MAX})
    elif tidied.email and not is_email(tidied.email):
        yield ReserveeFault("email", ReserveeWhy.bad_email)
    if tidied.phone and not is_phone(tidied.phone):
        yield ReserveeFault("phone", ReserveeWhy.bad_phone)
