"""The centre's own decision of a tap: the rule of the edge, its policy version and the situation that it recorded."""

from contract.records import TapObserved
from domain.access.decide import Tap, decide
from domain.access.policy import PolicySnapshot
from domain.access.situation import NOTHING_KNOWN
from domain.ids import AccessPointId, CredentialToken
from domain.verdict import Denied, Reason

NO_POLICY = 0
"""The version that an edge names which was never given a policy: it refuses every card as ``policy_stale``."""

GRANTED = "granted"
"""The centre's word for a tap that it would have granted."""

POLICY_UNKNOWN = "policy_unknown"
"""The centre's reason where the edge names a version that was never published.

Or whose number was given a second time, by a restored database: the one at hand was issued only after the centre stood
by the edge's, so that their differing says nothing.
"""


def decide_again(policy: PolicySnapshot | None, tap: TapObserved) -> str | None:
    """Give the centre's own word where it differs from the edge's: ``granted`` or a reason; None when they agree.

    A violation that only warned is no difference: it stands in the record (``soft``) and is shown with it.
    """
    if policy is not None:
        at, confirmed_at = tap.at, tap.policy_confirmed_at
        credential, point = CredentialToken(tap.credential), AccessPointId(tap.access_point)
        situation = tap.situation.situation() if tap.situation else NOTHING_KNOWN
        verdict = decide(policy, Tap(credential, point, at, confirmed_at, tap.assurance), situation)
    elif tap.policy_version == NO_POLICY:
        verdict = Denied(Reason.policy_stale)
    else:
        return POLICY_UNKNOWN
    word = verdict.reason.value if isinstance(verdict, Denied) else GRANTED
    if word == (GRANTED if tap.granted else tap.reason):
        return None
    if policy is not None and policy.issued_at > tap.policy_confirmed_at:
        return POLICY_UNKNOWN
    return word
