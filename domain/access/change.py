"""What changed from one policy to the next: little, mostly, for a city moves a few cards a day and not its doors.

A change says everything but credentials anew or not at all (``structure``), and of credentials those that differ.
Applying the change of two policies to the first gives the second.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from domain.access.policy import Credential, PolicySnapshot
from domain.ids import CredentialToken

Credentials = Mapping[CredentialToken, Credential]


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """From ``from_version`` to ``version``, issued at ``issued_at``.

    ``structure`` is the new policy without its credentials, None where nothing but credentials changed. In
    ``credentials`` None takes a card away.
    """

    from_version: int
    version: int
    issued_at: datetime
    structure: PolicySnapshot | None
    credentials: Mapping[CredentialToken, Credential | None]


class LayeredCredentials(Mapping[CredentialToken, Credential]):
    """Many credentials below and a few changed ones above; nobody changes either in place."""

    __slots__ = ("_count", "above", "below")

    def __init__(self, below: Credentials, above: Mapping[CredentialToken, Credential | None]) -> None:
        self.below = below
        self.above = above
        gone = sum(credential is None and token in below for token, credential in above.items())
        new = sum(credential is not None and token not in below for token, credential in above.items())
        self._count = len(below) - gone + new

    def __getitem__(self, token: CredentialToken) -> Credential:
        if token not in self.above:
            return self.below[token]
        credential = self.above[token]
        if credential is None:
            raise KeyError(token)
        return credential

    def __iter__(self) -> Iterator[CredentialToken]:
        yield from (token for token in self.below if token not in self.above)
        yield from (token for token, credential in self.above.items() if credential is not None)

    def __len__(self) -> int:
        return self._count

    def changed(self, credentials: Mapping[CredentialToken, Credential | None]) -> "LayeredCredentials":
        """Give these credentials with a change on top; what lies below is shared."""
        return LayeredCredentials(self.below, {**self.above, **credentials})


def diff_policies(before: PolicySnapshot, after: PolicySnapshot) -> PolicyChange:
    """Give what leads from one policy to the other; looks at every credential, or at layers over one base only."""
    was, now = before.credentials, after.credentials
    changed = {token: now.get(token) for token in _may_differ(was, now) if was.get(token) != now.get(token)}
    return PolicyChange(
        before.version,
        after.version,
        after.issued_at,
        None if is_same_structure(before, after) else replace(after, credentials={}),
        changed,
    )


def _may_differ(was: Credentials, now: Credentials) -> Collection[CredentialToken]:
    if _lowest(was) is _lowest(now):
        return _layer(was).keys() | _layer(now).keys()
    return was.keys() | now.keys()


def _lowest(credentials: Credentials) -> Credentials:
    return credentials.below if isinstance(credentials, LayeredCredentials) else credentials


def _layer(credentials: Credentials) -> Mapping[CredentialToken, Credential | None]:
    return credentials.above if isinstance(credentials, LayeredCredentials) else {}


def is_same_structure(one: PolicySnapshot, other: PolicySnapshot) -> bool:
    """Tell whether two policies differ in nothing but version, time and credentials."""
    return replace(one, version=0, issued_at=other.issued_at, credentials={}) == replace(
        other, version=0, credentials={}
    )


def apply_change(policy: PolicySnapshot, change: PolicyChange) -> PolicySnapshot:
    """Give the policy after the change; costs as much as what changed since the credentials were last laid flat.

    Raises:
        ValueError: the change does not start from this policy's version, or does not lead on.
    """
    if not policy.version == change.from_version < change.version:
        raise ValueError(f"the change leads from {change.from_version} to {change.version}, not from {policy.version}")
    held = policy.credentials
    layered = held if isinstance(held, LayeredCredentials) else LayeredCredentials(held, {})
    return replace(
        change.structure or policy,
        version=change.version,
        issued_at=change.issued_at,
        credentials=layered.changed(change.credentials),
    )
