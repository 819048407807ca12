"""One request of one visitor: who it is, what that one may do, in which language, and how a page is drawn for it."""

from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus

from fastapi import HTTPException
from jinja2 import Environment
from starlette.responses import HTMLResponse, Response

from gateway.context import GatewayContext
from gateway.operations.identity.roles import Role
from gateway.operations.identity.session_tokens import SESSION_AGE_MAX
from gateway.pages.access import Right, allow
from gateway.pages.attempts import Attempts
from gateway.pages.origins import Origins
from gateway.pages.phrases import Phrases
from gateway.pages.stage import Stage
from gateway.pages.words import Language
from gateway.policy_shelf import PolicyShelf
from store.sessions import Session


@dataclass(frozen=True, slots=True)
class Pages:
    """What the routes share: the gateway's context, templates, the lawful origins, the limits, the stage, policies."""

    context: GatewayContext
    templates: Environment
    origins: Origins
    attempts: Attempts
    stage: Stage | None
    shelf: PolicyShelf = field(default_factory=PolicyShelf)

    @property
    def session_cookie(self) -> str:
        """The session cookie's name: bound to this host by ``__Host-`` wherever there is TLS."""
        return "__Host-sekisho" if self.origins.secure else "sekisho"

    def set_cookie(self, response: Response, name: str, value: str, *, age_max: timedelta) -> None:
        """Set a cookie that no script reads and that no other site's form sends."""
        response.set_cookie(
            name,
            value,
            max_age=int(age_max.total_seconds()),
            path="/",
            secure=self.origins.secure,
            httponly=True,
            samesite="lax",
        )

    def start_session(self, response: Response, cookie: str) -> None:
        """Hand a new session's token to the browser."""
        self.set_cookie(response, self.session_cookie, cookie, age_max=SESSION_AGE_MAX)

    def forget_session(self, response: Response) -> None:
        """Take the token back from the browser."""
        response.delete_cookie(self.session_cookie, path="/", secure=self.origins.secure, httponly=True, samesite="lax")


TABS = (
    ("/", "nav.month", (Right.own_month,)),
    ("/people", "nav.people", (Right.department_months, Right.all_months)),
    ("/doors", "nav.doors", (Right.door_board,)),
    ("/plans", "nav.plans", (Right.door_board,)),
    ("/alarms", "nav.alarms", (Right.door_board,)),
    ("/inside", "nav.inside", (Right.read_inside,)),
    ("/cards", "nav.cards", (Right.read_cards,)),
    ("/taps", "nav.taps", (Right.own_taps, Right.all_taps)),
    ("/events", "nav.events", (Right.event_log,)),
    ("/reports", "nav.reports", (Right.event_log, Right.read_cards, Right.answer_reviews)),
    ("/revocations", "nav.delivery", (Right.door_board, Right.read_cards)),
    ("/visits", "nav.visits", (Right.announce_visits, Right.receive_visits, Right.read_visits)),
    ("/questions", "nav.questions", (Right.ask_rules,)),
    ("/stage", "nav.stage", (Right.stage,)),
)


@dataclass(frozen=True, slots=True)
class Visit:
    """A visitor; ``session`` is None before signing in. ``path`` is where the language form leads back to."""

    pages: Pages
    session: Session | None
    roles: frozenset[Role]
    language: Language
    path: str

    def may(self, right: Right) -> bool:
        """Tell whether one of the visitor's roles has the right."""
        return right is Right.anyone or (self.session is not None and any(allow(role, right) for role in self.roles))

    def render(self, template: str, *, status: int = HTTPStatus.OK, **values: object) -> HTMLResponse:
        """Answer with a template; it sees this visit as ``visit``, its phrases as ``p`` and its words as ``t``."""
        phrases = Phrases(self.language)
        text = self.pages.templates.get_template(template).render(
            visit=self, p=phrases, t=phrases.say, site=self.pages.context.site, **values
        )
        return HTMLResponse(text, status_code=status)

    @property
    def tabs(self) -> list[tuple[str, str]]:
        """The main pages this visitor may open: path and the key of its name."""
        closed = set() if self.pages.stage is not None else {"/stage"}
        if self.session is not None and not self.session.person_id:
            closed.add("/")  # an account of no person has no month
        return [
            (path, key) for path, key, rights in TABS if any(self.may(right) for right in rights) and path not in closed
        ]

    def is_at(self, path: str) -> bool:
        """Tell whether the visitor is in the part of the pages that a tab leads to."""
        here = self.path.partition("?")[0]
        if path == "/doors" and here.startswith("/commands"):
            return True
        if path == "/inside" and here.startswith("/muster"):
            return True
        if path == "/cards" and here.startswith(("/enrolments/", "/access/")):
            return True
        if path == "/reports" and here.startswith(("/reviews", "/reads")):
            return True
        if path == "/revocations" and here.startswith("/rollouts"):
            return True
        if path == "/":
            return here == "/" or here.startswith("/months/")
        return here == path or here.startswith(f"{path}/")

    @property
    def signed_in(self) -> Session:
        """The session of a route that needs one; the guard has seen to it."""
        if self.session is None:
            raise HTTPException(HTTPStatus.UNAUTHORIZED)
        return self.session
