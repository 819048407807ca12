"""The second person's word about what waits, and how faults of tiers are told on the pages of information."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Literal, Protocol

from fastapi import Form, HTTPException

from domain.zones.zone_fault import ZoneFaultsError
from domain.zones.zone_words import describe_zone_fault
from gateway.pages.entrance.visit import Visit
from gateway.pages.words import Language
from store.tx import Tx
from store.versions import VersionState

FormIds = Annotated[list[int], Form(max_length=500)]
FormVerdict = Annotated[Literal["approve", "refuse"], Form()]


class Decide(Protocol):
    """Approves or refuses one version."""

    def __call__(self, tx: Tx, version_id: int, state: VersionState, *, by: str) -> None:
        """Do it now."""


def say_word(visit: Visit, ids: Sequence[int], verdict: str, decide: Decide) -> list[str]:
    """Approve or refuse what waits, all of it or none; gives what stands against it, nothing when it was done.

    Raises:
        HTTPException: 404, one of them is not there.
    """
    context = visit.pages.context
    state = VersionState.approved if verdict == "approve" else VersionState.refused
    try:
        with context.store.transaction(context.now()) as tx:
            for each in dict.fromkeys(ids):
                decide(tx, each, state, by=visit.signed_in.login)
    except LookupError:
        raise HTTPException(HTTPStatus.NOT_FOUND) from None
    except ZoneFaultsError as error:
        return tell_lines(visit, error)
    return []


def tell_lines(visit: Visit, error: ZoneFaultsError) -> list[str]:
    """Say each fault with its field, in the visitor's language."""
    at = 0 if visit.language is Language.ja else 1
    return [f"{fault.field}: {describe_zone_fault(fault)[at]}" for fault in error.faults]
