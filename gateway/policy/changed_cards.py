"""Which cards a publication of the policy is about, and what doors know of each from then on."""

import zlib
from collections.abc import Mapping

from contract.policy_reading import read_changed_cards
from domain.access.policy import Credential
from domain.ids import CredentialToken
from gateway.policy.policy_shelf import PolicyShelf
from store.editions import load_edition_data
from store.publications import Publication
from store.tx import Tx

ChangedCards = Mapping[CredentialToken, Credential | None]

QUICK_BYTES_MAX = 32 * 1024
"""A whole policy of so many packed bytes is compared with the one before in milliseconds."""


def list_changed_cards(tx: Tx, publication: Publication) -> ChangedCards | None:
    """Give the cards of a publication, None being a card taken away.

    Gives None itself for one that is stored whole and large: another description of the site, or many cards.
    """
    edition = publication.told_by
    data = load_edition_data(tx, edition.version)
    if data is None:
        return None
    if edition.base_version is not None:
        return read_changed_cards(zlib.decompress(data).split(b"\n"))
    return _compare(tx, publication) if len(data) <= QUICK_BYTES_MAX else None


def find_changed_cards(tx: Tx, publication: Publication) -> ChangedCards | None:
    """Give the same, and compare however large: that takes seconds for a city.

    Gives None for the first policy of a description of the site.
    """
    whole = publication.told_by.base_version is None
    return _compare(tx, publication) if whole else list_changed_cards(tx, publication)


def _compare(tx: Tx, publication: Publication) -> ChangedCards | None:
    edition = publication.told_by
    if edition.from_version is None:
        return None
    change = PolicyShelf(bases=2).load_change(tx, edition.from_version, edition.version)
    return None if change is None else change.credentials
