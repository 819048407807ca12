"""From a policy's lines to a policy that may decide: cards packed, changes laid over them, known outcomes tried."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from contract.errors import MalformedMessageError
from contract.policy import PolicyOffer
from contract.policy_lines import ChangeHeader
from contract.policy_reading import ReadChange, ReadPolicy, read_change, read_policy
from domain.access.change import LayeredCredentials, apply_change
from domain.access.outcomes import Outcome, describe_outcome, find_difference
from domain.access.policy import Credential, PolicySnapshot
from domain.ids import CredentialToken
from readers.packed_credentials import PackedCredentials
from readers.policy_files import PolicyRefusedError

_CARD = b'{"kind":"credential"'
_CARDS_AT_ONCE = 5000


def read_whole(offer: PolicyOffer, lines: Iterable[bytes]) -> ReadPolicy:
    """Read a whole policy with its cards packed.

    Raises:
        PolicyRefusedError: a line is wrong, or it is another version than was offered.
    """
    try:
        read = _read_packed(iter(lines))
    except (MalformedMessageError, ValueError) as error:
        raise PolicyRefusedError(f"version {offer.policy_version}: {error}") from None
    if read.policy.version != offer.policy_version:
        raise PolicyRefusedError(f"what was offered as version {offer.policy_version} is {read.policy.version}")
    return read


def _read_packed(lines: Iterator[bytes]) -> ReadPolicy:
    """Read the cards some at a time as changes of the structure before them, so that few are unpacked at once."""
    others: list[bytes] = []
    cards: list[bytes] = []
    packed = PackedCredentials()
    structure: PolicySnapshot | None = None
    for line in lines:
        if not line.startswith(_CARD):
            others.append(line)
            continue
        cards.append(line)
        if len(cards) == _CARDS_AT_ONCE:
            structure = structure or read_policy(others).policy
            _pack(packed, structure, cards)
    read = read_policy(others)
    _pack(packed, structure or read.policy, cards)
    return replace(read, policy=replace(read.policy, credentials=packed))


def _pack(packed: PackedCredentials, structure: PolicySnapshot, cards: list[bytes]) -> None:
    version = structure.version
    header = ChangeHeader(
        from_version=version, policy_version=version + 1, issued_at=structure.issued_at, structure=False
    )
    read = read_change([header.model_dump_json().encode(), *cards], structure)
    packed.add({token: held for token, held in read.change.credentials.items() if held is not None})
    cards.clear()


def read_over(before: PolicySnapshot, offer: PolicyOffer, lines: Iterable[bytes]) -> ReadPolicy:
    """Read a change and lay it over the policy before; what that holds is shared, not copied.

    Raises:
        PolicyRefusedError: a line is wrong, or the change does not lead from that policy to what was offered.
    """
    read = _read_change(before, offer, lines)
    return ReadPolicy(apply_change(before, read.change), read.outcomes)


def read_chain(whole: PolicySnapshot, changes: Iterable[tuple[PolicyOffer, Iterable[bytes]]]) -> PolicySnapshot:
    """Lay many changes over a whole policy at once: as ``read_over`` one by one, without laying their cards each time.

    Raises:
        PolicyRefusedError: as ``read_over``.
    """
    policy = replace(whole, credentials={})
    above: dict[CredentialToken, Credential | None] = {}
    for offer, lines in changes:
        change = _read_change(policy, offer, lines).change
        policy = replace(apply_change(policy, change), credentials={})
        above |= change.credentials
    credentials = LayeredCredentials(whole.credentials, above) if above else whole.credentials
    return replace(policy, credentials=credentials)


def _read_change(before: PolicySnapshot, offer: PolicyOffer, lines: Iterable[bytes]) -> ReadChange:
    step = f"the change from {offer.from_version} to {offer.policy_version}"
    try:
        read = read_change(lines, before)
    except (MalformedMessageError, ValueError) as error:
        raise PolicyRefusedError(f"{step}: {error}") from None
    change = read.change
    if (change.from_version, change.version) != (offer.from_version, offer.policy_version):
        raise PolicyRefusedError(f"{step} says of itself {change.from_version} to {change.version}")
    if offer.from_issued_at not in {None, before.issued_at}:
        raise PolicyRefusedError(f"{step} does not lead on from the {before.version} that is held, but from another")
    if change.from_version != before.version or change.version <= before.version:
        raise PolicyRefusedError(f"{step} does not lead on from {before.version}")
    return read


def require_outcomes(policy: PolicySnapshot, outcomes: Iterable[Outcome]) -> None:
    """Decide the known outcomes.

    Raises:
        PolicyRefusedError: the policy decides one of them otherwise than the centre did.
    """
    different = find_difference(policy, outcomes)
    if different is not None:
        raise PolicyRefusedError(f"version {policy.version} does not reproduce {describe_outcome(different)}")
