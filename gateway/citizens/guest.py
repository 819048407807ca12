"""One request of one citizen: who it is, in which language, and how a page is drawn for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus

from fastapi import HTTPException
from jinja2 import Environment
from starlette.responses import HTMLResponse

from contract.letter_words import write_span
from domain.facilities.reservee import Reservee
from gateway.bookings.acting import SELF, Acting
from gateway.citizens.words import say
from gateway.context import GatewayContext
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.entrance.attempts import Attempts
from gateway.pages.entrance.origins import Origins
from gateway.pages.words import Language
from gateway.settings import CitizensListener
from store.citizen_sessions import CitizenSession

SESSION_IDLE_MAX = timedelta(minutes=30)
SESSION_AGE_MAX = timedelta(hours=12)
LANGUAGE_COOKIE = "sekisho_citizens_language"

ENTRY_ATTEMPTS = 10
"""So many codes, tries and registrations a minute from one address."""
PROGRAM_ATTEMPTS = 1200
"""So many requests a minute of one program."""
BOOKING_ATTEMPTS = 30
"""So many forms of bookings a minute from one address."""


@dataclass(frozen=True, slots=True)
class House:
    """What the routes share.

    ``entries`` and ``forms`` bound what one network address may send, ``programs`` what a program asks by the API.
    """

    context: GatewayContext
    settings: CitizensListener
    templates: Environment
    origins: Origins
    site_key: bytes
    entries: Attempts
    forms: Attempts
    programs: Attempts

    @property
    def session_cookie(self) -> str:
        """The session cookie's name."""
        return self.origins.name_session("sekisho-citizens")


@dataclass(frozen=True, slots=True)
class Guest:
    """A visitor; ``session`` may be one that still waits for its code. ``address`` is the network's."""

    house: House
    session: CitizenSession | None
    language: Language
    path: str
    address: str

    @property
    def reservee(self) -> Reservee | None:
        """Who has signed in; None for anybody else."""
        confirmed = self.session is not None and self.session.confirmed_at is not None
        return self.session.reservee if self.session is not None and confirmed else None

    @property
    def signed_in(self) -> Reservee:
        """Who has signed in.

        Raises:
            HTTPException: 401 for nobody: the error's page leads to the form.
        """
        if self.reservee is None:
            raise HTTPException(HTTPStatus.UNAUTHORIZED)
        return self.reservee

    @property
    def acting(self) -> Acting:
        """As whom the guest acts on reservations."""
        return Acting(SELF, reservee_id=self.signed_in.id)

    def name_of(self, thing: object) -> str:
        """Give the name of a facility, room, slot or the like in the guest's language."""
        name = getattr(thing, "name_en", "") if self.language is Language.en else ""
        return name or getattr(thing, "name", "")

    def span(self, from_at: datetime, until_at: datetime) -> str:
        """Write a stretch of time with its day of the week."""
        return write_span(from_at, until_at, language=self.language.value)

    def tell(self, words: tuple[str, str]) -> str:
        """Choose among words in Japanese and English."""
        text = words[0] if self.language is Language.ja else words[1]
        return f"{text[:1].upper()}{text[1:]}"

    def render(
        self, template: str, *, status: int | None = None, faults: Mapping[str, object] | None = None, **values: object
    ) -> HTMLResponse:
        """Draw a page; one with ``faults`` by field answers 422 unless told otherwise."""
        text = self.house.templates.get_template(template).render(
            guest=self,
            p=Phrases(self.language),
            t=partial(say, self.language),
            site=self.house.context.site,
            faults=faults or {},
            **values,
        )
        known = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
        return HTMLResponse(text, status_code=status or known)
