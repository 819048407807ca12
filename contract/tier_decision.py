"""A decision about a network tier as bytes: canonical JSON (sorted keys, no spaces, UTF-8) of everything it stands on.

Form ``tier_decision.1``. Each record's hash covers the one before (``contract.chain``), so that a cut or a swap shows.
What was once written is read for ever: a field is only ever added, with a default that permits least.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from contract.chain import chain_step
from domain.zones.decide_tier import Decision, Waiver
from domain.zones.facts import Facts

FORM = "tier_decision.1"
BYTES_MAX = 65_536
CHAIN_START = sha256(b"sekisho tier decisions\n").digest()
"""The hash before the first decision."""


class TierDecisionError(ValueError):
    """The bytes are no decision; the text names the field and what was expected."""


@dataclass(frozen=True, slots=True)
class Written:
    """A decision as it is kept: with the waivers that it was given, and about whom at what."""

    decision: Decision
    person_id: str
    terminal_id: str
    asked_by: str
    waivers: tuple[Waiver, ...] = ()


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    form: str
    decision: Decision
    person_id: str
    terminal_id: str
    asked_by: str
    waivers: tuple[Waiver, ...] = ()


def write_decision(written: Written) -> bytes:
    """Give a decision's bytes; equal decisions give equal bytes."""
    told = {"form": FORM} | _plain(written)
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def read_decision(data: bytes) -> Written:
    """Read a decision.

    Raises:
        TierDecisionError: the bytes are none.
    """
    if len(data) > BYTES_MAX:
        raise TierDecisionError(f"decision: {len(data)} bytes (expected at most {BYTES_MAX})")
    try:
        body = _Body.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise TierDecisionError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    if body.form != FORM:
        raise TierDecisionError(f"form: {body.form} (expected {FORM})")
    return Written(body.decision, body.person_id, body.terminal_id, body.asked_by, body.waivers)


def _plain(value: Any) -> Any:
    """Give a value as JSON has it; sets become sorted lists, so that their order says nothing."""
    match value:
        case StrEnum():
            return value.value
        case datetime():
            return value.isoformat()
        case frozenset():
            return sorted(value)
        case tuple():
            return [_plain(each) for each in value]
        case Written() | Decision() | Facts() | Waiver():
            return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    return value


def find_break(rows: Iterable[tuple[bytes, bytes]], before: bytes = CHAIN_START) -> int | None:
    """Give the position, from 0, of the first (body, hash) that does not follow the ones before it; None: all do."""
    for position, (body, kept) in enumerate(rows):
        before = chain_step(before, body)
        if before != kept:
            return position
    return None
