"""What a log-on agent, a VPN or an identity provider asks for its user, and what it is answered: ``/v1/tiers``.

Shaped as OAuth 2.0 token introspection (RFC 7662): a form goes in, JSON comes out, and ``active`` says whether the user
may be in the tier now. What is said beyond that is ours: all reasons of a "no", each with what to do about it. The end
of a session is told as in RFC 7009.
"""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from contract.fields import Id
from domain.zones.facts import Factor

BYTES_MAX = 8192

TerminalName = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,64}$")]
"""The common name of a terminal's certificate."""

SessionId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class Asked(BaseModel):
    """May this user be in a tier now?"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    token: Annotated[Id, Field(description="職員番号 · The user, by the id of the person.")]
    terminal: Annotated[TerminalName | None, Field(description="端末 · Where the user sits; none for a VPN.")] = None
    scope: Annotated[Id | None, Field(description="系 · The tier; without it, the terminal's.")] = None
    factor: Annotated[Factor, Field(description="本人確認 · How the agent saw that it is this person.")] = Factor.none
    factor_at: Annotated[AwareDatetime | None, Field(description="その時刻 · When; without it, now.")] = None
    session: Annotated[
        SessionId | None,
        Field(description="続きを尋ねる接続 · The ``sid`` of an answer before, to ask whether it goes on."),
    ] = None


class Reason(BaseModel):
    """A rule that does not hold: what is missing, and what to do."""

    model_config = ConfigDict(frozen=True)

    code: str
    ja: str
    en: str
    do_ja: str
    do_en: str


class Introspection(BaseModel):
    """The answer. Without ``active`` there is nothing but ``reasons``; instants are seconds since 1970 (RFC 7662)."""

    model_config = ConfigDict(frozen=True)

    active: bool
    scope: Annotated[str | None, Field(description="系 · The tier.")] = None
    sub: Annotated[str | None, Field(description="The person.")] = None
    client_id: Annotated[str | None, Field(description="The agent.")] = None
    iat: Annotated[int | None, Field(description="When it was decided.")] = None
    exp: Annotated[int | None, Field(description="Ask again by then; the user may be put off before.")] = None
    sid: Annotated[str | None, Field(description="The session, to ask again and to end.")] = None
    ends_at: Annotated[int | None, Field(description="When it ends by itself, as far as that is known.")] = None
    reasons: Annotated[
        tuple[Reason, ...], Field(description="理由 · Why not; of an active one, by what it will end at ``ends_at``.")
    ] = ()


class AgentFault(BaseModel):
    """A request that is none (RFC 6749 §5.2)."""

    model_config = ConfigDict(frozen=True)

    error: str
    error_description: str


class Ended(BaseModel):
    """A user logged off."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    token: Annotated[SessionId, Field(description="The ``sid`` of the session.")]
