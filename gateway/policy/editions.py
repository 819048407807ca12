"""From a policy as it should be to the next edition: what of it is stored whole, and what as a change."""

import zlib
from dataclasses import dataclass, replace
from datetime import datetime

from contract.policy_snapshot import encode_change, encode_snapshot
from domain.access.change import PolicyChange, apply_change, diff_policies
from domain.access.policy import PolicySnapshot
from store.editions import Edition

CHANGES_MAX = 200
"""After so many changes over one base the next edition is a base: reading the last one stays quick."""

SHARE_MAX = 0.2
"""Where more of the cards differ than this, the whole is not much more than the change."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The latest edition of a revision of the site: its policy, and how many changes lead to it from its base."""

    edition: Edition
    policy: PolicySnapshot
    changes: int


@dataclass(frozen=True, slots=True)
class NewEdition:
    """What is to be stored, and the change from the edition before, None for a revision's first."""

    standing: Standing
    data: bytes
    change: PolicyChange | None


def make_edition(
    before: Standing | None, after: PolicySnapshot | PolicyChange, *, site_revision: str, version: int, now: datetime
) -> NewEdition:
    """Give the next edition of a revision of the site.

    Args:
        before: the latest one, None for the first.
        after: the policy as it should be, or what leads there from ``before``; their versions and times do not count.
        site_revision: the revision's id.
        version: the edition's number.
        now: when it is issued.
    """
    if before is None:
        if isinstance(after, PolicyChange):
            raise ValueError("a change needs an edition that it starts from")
        policy = replace(after, version=version, issued_at=now)
        return _base(Edition(version, site_revision, None, None, now), policy, None)
    change = diff_policies(before.policy, after) if isinstance(after, PolicySnapshot) else after
    change = replace(change, from_version=before.policy.version, version=version, issued_at=now)
    policy = apply_change(before.policy, change)
    edition = Edition(version, site_revision, before.edition.rests_on, before.edition.version, now)
    if _is_worth_a_base(before, policy, change):
        return _base(replace(edition, base_version=None), policy, change)
    return NewEdition(Standing(edition, policy, before.changes + 1), zlib.compress(encode_change(change), 1), change)


def is_empty(change: PolicyChange) -> bool:
    """Tell whether nothing differs."""
    return change.structure is None and not change.credentials


def _is_worth_a_base(before: Standing, policy: PolicySnapshot, change: PolicyChange) -> bool:
    many = len(change.credentials) > SHARE_MAX * max(1, len(policy.credentials))
    return change.structure is not None or before.changes + 1 >= CHANGES_MAX or many


def _base(edition: Edition, policy: PolicySnapshot, change: PolicyChange | None) -> NewEdition:
    flat = replace(policy, credentials=dict(policy.credentials))
    return NewEdition(Standing(edition, flat, 0), zlib.compress(encode_snapshot(flat), 1), change)
