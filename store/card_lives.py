"""What a card lives through beside its status: another holder, another card in its place, being looked for."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, update

from domain.access.card_life import WANTED
from store.bulk import batched
from store.cards import DESK
from store.holdings import save_holders
from store.policy_inputs import save_inputs_changed
from store.tables import credential
from store.tx import Tx


class WantedCard(NamedTuple):
    """A card that is lost or stolen, and since when; None: longer than we know."""

    status: str
    since_at: datetime | None


def save_card_holder(tx: Tx, token: str, person_id: str, label: str, status: str) -> None:
    """Give a card that was another's to a person; PINs, allowances and what it replaced stay with the other."""
    former = save_holders(tx, {token: person_id})
    values = {"person_id": person_id, "label": label, "status": status, "status_at": tx.now, "source": DESK}
    values |= dict.fromkeys(("pin_verifier", "duress_verifier", "replaces", "valid_from", "valid_until"))
    values |= dict.fromkeys(("escorted", "passback_exempt", "extended"), False)
    tx.connection.execute(update(credential).where(credential.c.token == token).values(values))
    save_inputs_changed(tx, {person_id, *former})


def save_replacement(tx: Tx, token: str, replaced: str) -> None:
    """Write down that a card took another's place."""
    tx.connection.execute(update(credential).where(credential.c.token == token).values(replaces=replaced))
    tx.connection.execute(update(credential).where(credential.c.token == replaced).values(replaced_by=token))


def list_wanted_cards(tx: Tx, tokens: Collection[str]) -> dict[str, WantedCard]:
    """Give those of the cards that are lost or stolen now."""
    columns = select(credential.c.token, credential.c.status, credential.c.status_at)
    wanted = columns.where(credential.c.status.in_(sorted(WANTED)))
    return {
        row.token: WantedCard(row.status, row.status_at)
        for some in batched(sorted(tokens))
        for row in tx.connection.execute(wanted.where(credential.c.token.in_(some)))
    }
