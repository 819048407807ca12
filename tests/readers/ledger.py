"""What must hold of everything that a box records, judged by its lines alone."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from contract.records import AccessEnded, CommandAnswered, TapObserved, decode_record, encode_record
from domain.access.decide import Tap, decide
from domain.access.policy import PolicySnapshot
from domain.access.situation import NOTHING_KNOWN, Code
from domain.ids import AccessPointId, CredentialToken, DoorId
from domain.verdict import Denied, Granted, Reason
from tests.readers.building import WAYS


@dataclass
class Ledger:
    """What must hold of everything that one box ever recorded, over all its lives."""

    policies: dict[int, PolicySnapshot]
    wiring_contacts: set[DoorId]
    ended: Counter[int] = field(default_factory=Counter)
    to_end: set[int] = field(default_factory=set)
    codes: Counter[str] = field(default_factory=Counter)
    obeyed: Counter[str] = field(default_factory=Counter)
    where: dict[str, tuple[datetime, str]] = field(default_factory=dict)  # by person, as records and news say
    entries: list[tuple[CredentialToken, str, str, datetime]] = field(default_factory=list)
    taps: dict[int, TapObserved] = field(default_factory=dict)

    def take(self, seq: int, line: bytes) -> None:
        """Hold a new line against all that came before."""
        body = decode_record(line)
        assert encode_record(body) == line
        match body:
            case TapObserved():
                self._tap(seq, body)
            case AccessEnded(cause_seq=cause):
                self.ended[cause] += 1
                assert cause == 0 or self.ended[cause] == 1, "a grant ends once"
                self._moved(body)
            case CommandAnswered(command=command, obeyed=True):
                self.obeyed[command] += 1
                assert self.obeyed[command] == 1, "a command is obeyed once"

    def _tap(self, seq: int, tap: TapObserved) -> None:
        policy = self.policies.get(tap.policy_version)
        facts = tap.situation.situation() if tap.situation else NOTHING_KNOWN
        asked = Tap(
            CredentialToken(tap.credential),
            AccessPointId(tap.access_point),
            tap.at,
            tap.policy_confirmed_at,
            tap.assurance,
        )
        verdict = decide(policy, asked, facts) if policy else Denied(Reason.policy_stale)
        if isinstance(verdict, Granted):
            soft = tuple(word.value for word in verdict.soft)
            assert (tap.granted, tap.reason, tap.rule, tap.soft) == (True, "granted", verdict.rule, soft)
        else:
            assert (tap.granted, tap.reason) == (False, verdict.reason.value)
        self.taps[seq] = tap
        if tap.granted:
            if tap.situation is not None and tap.situation.code is Code.fresh:
                self.codes[tap.credential] += 1
                assert self.codes[tap.credential] == 1, "a code opens once"
            if WAYS[tap.access_point][0] in self.wiring_contacts:
                self.to_end.add(seq)

    def _moved(self, ended: AccessEnded) -> None:
        tap = self.taps.get(ended.cause_seq)
        policy = self.policies.get(tap.policy_version) if tap else None
        if tap is None or policy is None or not (ended.taken and tap.granted):
            return
        card = CredentialToken(tap.credential)
        entry = (card, str(policy.credentials[card].person), str(WAYS[tap.access_point][2]), ended.at)
        self.entries.append(entry)
        self.hear(*entry[1:])

    def forget_news(self, policy: PolicySnapshot | None) -> None:
        """A restart leaves what the records say of the cards that the policy knows."""
        self.where.clear()
        for card, *entry in self.entries:
            if policy is not None and card in policy.credentials:
                self.hear(*entry)

    def hear(self, person: str, area: str, at: datetime) -> None:
        """Take in where a person is; the latest word holds."""
        self.where[person] = max(self.where.get(person, (at, "")), (at, area))
