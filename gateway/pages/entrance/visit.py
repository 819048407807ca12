"""One request of one visitor: who it is, what that one may do, in which language, and how a page is drawn for it."""

from dataclasses import dataclass
from http import HTTPStatus

from fastapi import HTTPException
from jinja2 import Environment
from starlette.responses import HTMLResponse, Response

from domain.civil import civil_minute
from gateway.context import GatewayContext
from gateway.operations.identity.roles import Role
from gateway.operations.identity.session_tokens import SESSION_AGE_MAX
from gateway.pages.access.rights import Right
from gateway.pages.access.roles import allow, allow_office
from gateway.pages.doors.alarm_view import SECRET
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.entrance.attempts import Attempts
from gateway.pages.entrance.origins import Origins
from gateway.pages.navigation import SECTIONS, Navigation, Tab, derive_navigation, open_tabs
from gateway.pages.safety.threat_now import look_at_threat
from gateway.pages.stage.stage import Stage
from gateway.pages.words import Language
from gateway.requests.inbox import count_inbox
from store.alarm_desk import count_waiting_alarms
from store.booking_search import count_waiting
from store.deciders import is_decider
from store.facility_duties import Duty, list_facilities_of
from store.messages import count_unread
from store.sessions import Session


@dataclass(frozen=True, slots=True)
class Pages:
    """What the routes share: the gateway's context, templates, the lawful origins, the limits, the stage."""

    context: GatewayContext
    templates: Environment
    origins: Origins
    attempts: Attempts
    stage: Stage | None

    @property
    def session_cookie(self) -> str:
        """The session cookie's name."""
        return self.origins.name_session("sekisho")

    def start_session(self, response: Response, cookie: str) -> None:
        """Hand a new session's token to the browser."""
        self.origins.set_cookie(response, self.session_cookie, cookie, age_max=SESSION_AGE_MAX)

    def forget_session(self, response: Response) -> None:
        """Take the token back from the browser."""
        self.origins.delete_cookie(response, self.session_cookie)


@dataclass(frozen=True, slots=True)
class Visit:
    """A visitor; ``session`` is None before signing in. ``path`` is where the language form leads back to."""

    pages: Pages
    session: Session | None
    roles: frozenset[Role]
    language: Language
    path: str

    @property
    def phrases(self) -> Phrases:
        """What pages say in the visitor's language."""
        return Phrases(self.language)

    def may(self, right: Right) -> bool:
        """Tell whether one of the visitor's roles, or an office, has the right."""
        if right is Right.anyone or self.session is None:
            return right is Right.anyone
        return any(allow(role, right) for role in self.roles) or allow_office(self.session, right)

    def render(
        self, template: str, *, fault: str | None = None, status: int | None = None, **values: object
    ) -> HTMLResponse:
        """Answer with a template; it sees this visit as ``visit``, its phrases as ``p`` and its words as ``t``.

        With a ``fault`` of what was sent the answer is 422, unless another ``status`` is asked for.
        """
        phrases = self.phrases
        text = self.pages.templates.get_template(template).render(
            visit=self,
            p=phrases,
            t=phrases.say,
            site=self.pages.context.site,
            threat_now=look_at_threat(self.pages.context) if self.session else None,
            fault=fault,
            **values,
        )
        known = HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK
        return HTMLResponse(text, status_code=status or known)

    @property
    def tabs(self) -> list[Tab]:
        """The main pages this visitor may open, in their order."""
        return [tab for section in SECTIONS for tab in open_tabs(section, self.may, self._closed)]

    @property
    def navigation(self) -> Navigation:
        """The rows that lead this visitor through the pages."""
        return derive_navigation(self.may, self.path.partition("?")[0], self._closed)

    @property
    def alarms_waiting(self) -> int:
        """How many alarms wait for somebody to acknowledge them, of those that this visitor may know of."""
        context = self.pages.context
        with context.store.reading(context.now()) as tx:
            return count_waiting_alarms(tx, without=frozenset() if self.may(Right.duress) else SECRET)

    @property
    def messages_unread(self) -> int | None:
        """How many of the visitor's messages were not looked at; None for an account of no person."""
        person_id = self.session.person_id if self.session else None
        if not person_id:
            return None
        context = self.pages.context
        with context.store.reading(context.now()) as tx:
            return count_unread(tx, person_id)

    @property
    def inbox_waiting(self) -> int:
        """How many applications wait for this visitor's word."""
        context = self.pages.context
        if self.session is None or not self.session.person_id:
            return 0
        with context.store.reading(context.now()) as tx:
            return count_inbox(tx, self.session.person_id)

    @property
    def bookings_waiting(self) -> int:
        """How many bookings wait for this visitor's permission."""
        if self.session is None or not self.may(Right.decide_bookings):
            return 0
        context = self.pages.context
        with context.store.reading(context.now()) as tx:
            served = list_facilities_of(tx, self.session.login)
            decides = list_facilities_of(tx, self.session.login, Duty.decide) if served else None
            return count_waiting(tx, decides)

    @property
    def _closed(self) -> frozenset[str]:
        closed = set() if self.pages.stage is not None else {"/stage"}
        if self.session is not None and not self.session.person_id:
            closed |= {"/", "/attendance/applications"}  # an account of no person has no month
            if not self.may(Right.all_months):
                closed |= {"/attendance/leave", "/attendance/papers"}
        if self.session is None or not self._decides(self.session.person_id):
            closed.add("/attendance/inbox")
        return frozenset(closed)

    def _decides(self, person_id: str) -> bool:
        context = self.pages.context
        if not person_id:
            return False
        with context.store.reading(context.now()) as tx:
            return is_decider(tx, person_id, civil_minute(tx.now)[0])

    @property
    def signed_in(self) -> Session:
        """The session of a route that needs one; the guard has seen to it."""
        if self.session is None:
            raise HTTPException(HTTPStatus.UNAUTHORIZED)
        return self.session
