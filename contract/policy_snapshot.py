"""Writing a policy, whole or as a change: newline-delimited JSON, a header and then one thing a line.

The lines are in ``contract.policy_lines``; ``contract.policy_reading`` reads them. What a controller is given names
cards by tokens of its own (``contract.tokens.DeviceTokens``): ``rename`` makes them; cards are written in their order.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, timedelta
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from contract.policy_lines import (
    AreaLine,
    ChangeHeader,
    DoorLine,
    KeyRightLine,
    LevelLine,
    OutcomeLine,
    PointLine,
    ScheduleLine,
    ShelterLine,
    SnapshotHeader,
)
from contract.policy_values import line_of
from domain.access.change import PolicyChange
from domain.access.outcomes import Outcome
from domain.access.policy import Area, Credential, CredentialStatus, DatedLevel, PolicySnapshot
from domain.ids import CredentialToken
from domain.key_boxes import KeyBox, KeyRight
from domain.verdict import Granted

Rename = Callable[[Sequence[CredentialToken]], Sequence[CredentialToken]]

_MINUTE = timedelta(minutes=1)
_FLAGS = ("escorted", "passback_exempt", "extended")


def keep_tokens(tokens: Sequence[CredentialToken]) -> Sequence[CredentialToken]:
    """Rename nothing: the centre's own form."""
    return tokens


def encode_snapshot(policy: PolicySnapshot, outcomes: Sequence[Outcome] = (), rename: Rename = keep_tokens) -> bytes:
    """Give a policy's bytes; equal arguments give equal bytes."""
    header = SnapshotHeader(policy_version=policy.version, issued_at=policy.issued_at)
    return b"\n".join(
        (
            _dump(header),
            *_encode_structure(policy, rename),
            *_encode_credentials(policy.credentials, rename),
            *_encode_outcomes(outcomes, rename),
        )
    )


def encode_change(change: PolicyChange, outcomes: Sequence[Outcome] = (), rename: Rename = keep_tokens) -> bytes:
    """Give a change's bytes; equal arguments give equal bytes."""
    header = ChangeHeader(
        from_version=change.from_version,
        policy_version=change.version,
        issued_at=change.issued_at,
        structure=change.structure is not None,
    )
    kept = {token: credential for token, credential in change.credentials.items() if credential is not None}
    gone = sorted(rename([token for token, credential in change.credentials.items() if credential is None]))
    return b"\n".join(
        (
            _dump(header),
            *(_encode_structure(change.structure, rename) if change.structure is not None else ()),
            *(f'{{"kind":"gone","token":"{token}"}}'.encode() for token in gone),
            *_encode_credentials(kept, rename),
            *_encode_outcomes(outcomes, rename),
        )
    )


def _encode_structure(policy: PolicySnapshot, rename: Rename) -> Iterator[bytes]:
    for area in _in_order(policy.areas):
        yield _dump(_area_line(area))
    for point in _in_order(policy.points):
        yield _dump(PointLine(**{name: getattr(point, name) for name in PointLine.model_fields if name != "kind"}))
    for door in _in_order(policy.doors):
        yield _dump(DoorLine(door=door.door, unlocked=door.unlocked, first_card=door.first_card))
    for shelter in sorted(policy.shelter_doors):
        yield _dump(ShelterLine(door=shelter))
    for box in _in_order(policy.cabinets):
        yield _dump(line_of(box, _rename_tags(box, rename)))
    for schedule in _in_order(policy.schedules):
        windows = tuple(zip(schedule.opens_at, schedule.closes_at, strict=True))
        yield _dump(ScheduleLine(id=schedule.id, windows=windows))
    for level in _in_order(policy.levels):
        points = dict(sorted(level.points.items()))
        declares = None if level.declares_shelter is None else level.declares_shelter // _MINUTE
        yield _dump(
            LevelLine(
                id=level.id,
                points=points,
                emergency=level.emergency,
                during=level.during,
                declares_minutes=declares,
            )
        )


def _rename_tags(box: KeyBox, rename: Rename) -> list[str | None]:
    names = iter(rename([CredentialToken(hook.tag) for hook in box.hooks if hook.tag is not None]))
    return [None if hook.tag is None else next(names) for hook in box.hooks]


def _area_line(area: Area) -> AreaLine:
    fades = area.passback_fades
    return AreaLine(
        id=area.id,
        offline_minutes_max=area.offline_age_max // _MINUTE,
        on_journal_failure=area.on_journal_failure,
        on_stale=area.on_stale,
        passback=area.passback,
        passback_minutes=None if fades is None else fades // _MINUTE,
        occupancy_max=area.occupancy_max,
        two_person=area.two_person,
    )


def _encode_credentials(  # noqa: C901 (a row of ifs, one a field)
    credentials: Mapping[CredentialToken, Credential], rename: Rename
) -> Iterator[bytes]:
    # Written by hand because a city has 100,000 of them, and what repeats is written once; the reader validates each
    # line in full.
    quoted = json.encoder.encode_basestring_ascii
    levels_text = lru_cache(None)(lambda levels: json.dumps(levels, separators=(",", ":")))
    instant_text = lru_cache(None)(lambda at: at.astimezone(UTC).isoformat())
    dated_text = lru_cache(None)(_dated_text)
    named = zip(rename(list(credentials)), credentials.values(), strict=True)
    for token, credential in sorted(named, key=lambda pair: pair[0]):
        levels = levels_text(credential.levels)
        line = f'{{"kind":"credential","token":"{token}","person":{quoted(credential.person)},"levels":{levels}'
        if credential.status is not CredentialStatus.active:
            line += f',"status":"{credential.status}"'
        if credential.valid_from is not None:
            line += f',"valid_from":"{instant_text(credential.valid_from)}"'
        if credential.valid_until is not None:
            line += f',"valid_until":"{instant_text(credential.valid_until)}"'
        if credential.pin is not None:
            line += f',"pin":"{credential.pin}"'
        if credential.duress_pin is not None:
            line += f',"duress_pin":"{credential.duress_pin}"'
        for flag in _FLAGS:
            if getattr(credential, flag):
                line += f',"{flag}":true'
        if credential.dated:
            line += f',"dated":{dated_text(credential.dated)}'
        if credential.denied:
            line += f',"denied":{levels_text(credential.denied)}'
        if credential.keys:
            line += f',"keys":{_keys_text(credential.keys)}'
        yield f"{line}}}".encode()


def _dated_text(levels: tuple[DatedLevel, ...]) -> str:
    bounds = ("valid_from", "valid_until")
    return json.dumps(
        [
            {"level": dated.level}
            | {name: at.astimezone(UTC).isoformat() for name in bounds if (at := getattr(dated, name)) is not None}
            for dated in levels
        ],
        separators=(",", ":"),
    )


def _keys_text(rights: tuple[KeyRight, ...]) -> str:
    lines = (
        KeyRightLine(
            entitlement=right.entitlement, target=right.target, valid_from=right.from_at, valid_until=right.until_at
        )
        for right in rights
    )
    return f"[{','.join(line.model_dump_json(exclude_none=True) for line in lines)}]"


def _encode_outcomes(outcomes: Sequence[Outcome], rename: Rename) -> Iterator[bytes]:
    tokens = rename([outcome.tap.credential for outcome in outcomes])
    for token, outcome in zip(tokens, outcomes, strict=True):
        tap, verdict = outcome.tap, outcome.verdict
        told = (
            {"rule": verdict.rule, "soft": verdict.soft} if isinstance(verdict, Granted) else {"reason": verdict.reason}
        )
        line = OutcomeLine(
            token=token,
            point=tap.point,
            at=tap.at,
            confirmed_at=tap.confirmed_at,
            assurance=tap.assurance,
            **told,
        )
        yield line.model_dump_json(exclude_defaults=False, exclude_none=True).encode()


def _dump(line: BaseModel) -> bytes:
    return line.model_dump_json().encode()


def _in_order(things: Mapping[Any, Any]) -> Iterable[Any]:
    return [things[key] for key in sorted(things)]
