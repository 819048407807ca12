"""Keeps the published editions in line with people, cards, rights and the calendar, whoever changed them.

What is derived is derived outside of any lock, from one view of the database; storing is one short transaction, which
gives way when another process has published meanwhile. Where it is known whose cards may differ, only those are made
anew; a civil day that begins, a change without names and a start look at everything.
"""

import logging
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from domain.access.change import PolicyChange, diff_policies
from domain.access.policy import Credential, PolicySnapshot
from domain.civil import civil_minute
from domain.ids import CredentialToken, LevelId
from gateway.operations.access.publish_policy import derive_whole, load_standing
from gateway.periodic import run_periodically
from gateway.policy.editions import NewEdition, Standing, is_empty, make_edition
from gateway.policy.heard_editions import HeardEditions
from gateway.policy.policy_shelf import PolicyShelf
from gateway.rollouts.revisions import Revision, Revisions
from gateway.site.policy import derive_credentials
from store.editions import insert_edition, load_newest_version
from store.policy_inputs import load_changes_since, load_inputs_revision
from store.rights import PolicyInputs, load_policy_inputs
from store.tx import Store, Tx

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.25
"""A revoked card's way to the doors begins within this."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the editions in memory were made from."""

    inputs: int
    day: date
    revisions: tuple[str, ...]
    newest: int


@dataclass(frozen=True, slots=True)
class _View:
    """One look at the database: what there is now, whose cards may differ (None: anything), and their inputs."""

    seen: _Seen
    alive: tuple[Revision, ...]
    persons: frozenset[str] | None
    inputs: PolicyInputs
    standing: dict[str, Standing | None]


class _OvertakenError(Exception):
    """Another process published first."""


class PolicyKeeper:
    """Publishes editions when their inputs changed or a civil day began; ``run`` blocks until stopped.

    Args:
        store: where inputs and editions are.
        revisions: the descriptions of the site that are alive.
        now: the clock.
        shelf: is given what was published.
        heard: numbers that devices hold and the database never gave; editions are published anew above them.
        published: called after each publication.
    """

    def __init__(
        self,
        store: Store,
        revisions: Revisions,
        now: Callable[[], datetime],
        *,
        shelf: PolicyShelf | None = None,
        heard: HeardEditions | None = None,
        published: Callable[[], None] = lambda: None,
    ) -> None:
        self._heard = heard or HeardEditions()
        self._store = store
        self._revisions = revisions
        self._now = now
        self._shelf = shelf or PolicyShelf()
        self._published = published
        self._seen: _Seen | None = None
        self._standing: dict[str, Standing] = {}
        self._cards: dict[str, dict[str, tuple[CredentialToken, ...]]] = {}

    def run(self, stop: threading.Event) -> None:
        """Keep the policy until ``stop`` is set; a database that is away is waited for."""
        run_periodically(self.keep, stop, LOOK_SECONDS, what="the policy")

    def keep(self) -> int | None:
        """Look once; gives the newest version that was published, or None when everything stands."""
        now = self._now()
        view = self._look(now)
        if view is None:
            return None
        made = self._make(view, now)
        if made:
            try:
                self._store_editions(made, now)
            except _OvertakenError:
                return None  # the next look starts from what the other published
        self._remember(view, made)
        if not made:
            return None
        self._published()
        return made[-1].standing.edition.version

    def _look(self, now: datetime) -> _View | None:
        with self._store.reading(now) as tx:
            alive = self._revisions.alive(tx)
            ids = tuple(revision.id for revision in alive)
            newest = self._heard.leap(load_newest_version(tx), now)
            seen = _Seen(load_inputs_revision(tx), civil_minute(now)[0], ids, newest)
            if seen == self._seen:
                return None
            persons = self._whose(tx, seen)
            return _View(seen, alive, persons, load_policy_inputs(tx, persons), self._load_standing(tx, seen))

    def _whose(self, tx: Tx, seen: _Seen) -> frozenset[str] | None:
        """Give the persons whose cards alone can differ; None: look at everything."""
        known = self._seen
        if known is None or (known.day, known.revisions) != (seen.day, seen.revisions):
            return None
        return load_changes_since(tx, known.inputs).persons

    def _load_standing(self, tx: Tx, seen: _Seen) -> dict[str, Standing | None]:
        if self._seen is not None and (self._seen.revisions, self._seen.newest) == (seen.revisions, seen.newest):
            return dict(self._standing)
        self._cards.clear()
        return {revision: load_standing(tx, self._shelf, revision) for revision in seen.revisions}

    def _make(self, view: _View, now: datetime) -> list[NewEdition]:
        """Give an edition for each revision if any differs from its latest, or the last alive is not the newest of all.

        The last one must be: whoever follows another revision, also a dead one, meets a greater number there. Of a
        description that cannot be read only what is in force goes on: people's rights under the structure it had.
        """
        alive = [each for each in view.alive if not each.unread or view.standing.get(each.id) is not None]
        if not alive:
            return []
        wanted = {each.id: self._want(view, each, now) for each in alive}
        last = view.standing.get(alive[-1].id)
        overtaken = last is None or view.seen.newest > last.edition.version
        if not overtaken and not any(
            _differs(view.standing.get(revision), after) for revision, after in wanted.items()
        ):
            return []
        return [
            make_edition(
                view.standing.get(revision), after, site_revision=revision, version=view.seen.newest + number, now=now
            )
            for number, (revision, after) in enumerate(wanted.items(), start=1)
        ]

    def _want(self, view: _View, revision: Revision, now: datetime) -> PolicySnapshot | PolicyChange:
        standing = view.standing.get(revision.id)
        if view.persons is None or standing is None:
            whole = _derive(revision, standing, view.inputs, now)
            return whole if standing is None else diff_policies(standing.policy, whole)
        held = standing.policy.credentials
        levels = standing.policy.levels if revision.unread else [LevelId(each.id) for each in revision.site.levels]
        cabinets = standing.policy.cabinets if revision.unread else [each.id for each in revision.site.cabinets]
        derived = derive_credentials(levels, view.inputs, cabinets)
        changed: dict[CredentialToken, Credential | None] = {
            token: credential for token, credential in derived.items() if held.get(token) != credential
        }
        cards = self._cards_of(revision.id, standing)
        theirs = (token for person in view.persons for token in cards.get(person, ()))
        for token in theirs:
            credential = held.get(token)
            if credential is not None and credential.person in view.persons and token not in derived:
                changed[token] = None
        return PolicyChange(standing.policy.version, standing.policy.version + 1, now, None, changed)

    def _cards_of(self, revision: str, standing: Standing) -> dict[str, tuple[CredentialToken, ...]]:
        """Give every card that each person ever had since this process looked at everything."""
        if revision not in self._cards:
            self._cards[revision] = {}
            _note_cards(self._cards[revision], standing.policy.credentials.items())
        return self._cards[revision]

    def _store_editions(self, made: Collection[NewEdition], now: datetime) -> None:
        with self._store.transaction(now) as tx:
            for new in made:
                if not insert_edition(tx, new.standing.edition, new.data):
                    raise _OvertakenError

    def _remember(self, view: _View, made: Collection[NewEdition]) -> None:
        newest = max([view.seen.newest, *(new.standing.edition.version for new in made)])
        self._seen = replace(view.seen, newest=newest)
        self._standing = {each: held for each, held in view.standing.items() if held is not None}
        for new in made:
            edition, policy = new.standing.edition, new.standing.policy
            self._standing[edition.site_revision] = new.standing
            if edition.site_revision in self._cards and new.change is not None:
                _note_cards(self._cards[edition.site_revision], new.change.credentials.items())
            self._shelf.put(edition, policy, new.change)
            log.info("policy %d published: %d cards", edition.version, len(policy.credentials))


def _derive(revision: Revision, standing: Standing | None, inputs: PolicyInputs, now: datetime) -> PolicySnapshot:
    if not revision.unread or standing is None:
        return derive_whole(revision, inputs, now=now)
    held = standing.policy
    return replace(held, credentials=derive_credentials(held.levels, inputs, held.cabinets))


def _differs(standing: Standing | None, after: PolicySnapshot | PolicyChange) -> bool:
    return standing is None or not isinstance(after, PolicyChange) or not is_empty(after)


def _note_cards(
    cards: dict[str, tuple[CredentialToken, ...]], credentials: Collection[tuple[CredentialToken, Credential | None]]
) -> None:
    for token, credential in credentials:
        if credential is not None and token not in cards.get(credential.person, ()):
            cards[credential.person] = (*cards.get(credential.person, ()), token)
