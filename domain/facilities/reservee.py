"""Who reserves: a member of staff, a citizen or a group."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class ReserveeKind(StrEnum):
    """What a reservee is."""

    staff = "staff"
    citizen = "citizen"
    group = "group"


@dataclass(frozen=True, slots=True)
class Reservee:
    """A reservee as registered; ``registered_by`` is a login or ``self``."""

    id: str
    kind: ReserveeKind
    user_class: str
    name: str
    registered_at: datetime
    registered_by: str
    kana: str = ""
    contact_name: str = ""
    """Of a group: who answers for it."""
    email: str = ""
    phone: str = ""
    person_id: str | None = None
    """Of a member of staff."""
    confirmed_at: datetime | None = None
    """When the address or telephone was shown to be theirs."""
    blocked_until: date | None = None
    """The last day."""
    blocked_reason: str = ""
    merged_into: str | None = None
    """The reservee that this one turned out to be."""
    forgotten_at: datetime | None = None

    @property
    def is_standing(self) -> bool:
        """Tell whether it may still reserve anything: neither merged nor forgotten."""
        return self.merged_into is None and self.forgotten_at is None
