"""A month of a city's network decisions made again with other rules: from the book's bytes to who would be put off.

700 people log on in the morning, after lunch and when they come back to their rooms; in between a session is decided
again, so that a month has 42,000 decisions. The baseline is the reading of the same bytes as plain JSON.
"""

import json
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from contract.tier_decision import Written, read_decision
from domain.civil import civil_minute, instant
from domain.zones.compile_rules import compile_rules
from domain.zones.decide_tier import Outlook, decide_tier
from domain.zones.dry_run import Decided, run_dry
from domain.zones.facts import Facts
from gateway.zones.decision_log import append_decisions, list_decisions
from store.migrate import migrate
from store.tier_decisions import list_decision_bodies
from store.tx import Store
from tests.domain.zones.cases import ALLOWED, PLAN, RULES, rule

PEOPLE = 700
DAYS = 20
A_DAY = 3
FIRST_ON = date(2026, 10, 1)
SEED = 7
TIMES = 3
STRICTER = (*RULES, rule("pair", "presence_grade != 'one_way'"))


def facts_of(picks: random.Random) -> Facts:
    """Somebody at work, one in ten of them lacking something."""
    changed: dict[str, Any] = {"presence_grade": picks.choice(("door_pair", "door_and_desk", "one_way"))}
    if picks.random() < 0.1:
        lacking = picks.choice(("present", "in_hours", "trained", "cleared", "terminal_certified"))
        changed[lacking] = False
    return replace(ALLOWED, **changed)


def make_decisions() -> Iterator[Written]:
    """Give a month's decisions in the order of time."""
    picks = random.Random(SEED)  # noqa: S311 (a town, not a secret)
    rules = compile_rules(RULES, FIRST_ON)
    for day in range(DAYS):
        for nth in range(A_DAY):
            at = instant(FIRST_ON + timedelta(days=day), 8 * 60 + nth * 180)
            for number in range(PEOPLE):
                now, ends_at = at + timedelta(seconds=number), at + timedelta(hours=10)
                decision = decide_tier(PLAN, rules, _look_out(facts_of(picks), ends_at), now)
                yield Written(decision, f"s{number:05}", f"t-{number:05}", "switch-1")


def _look_out(facts: Facts, ends_at: datetime) -> Outlook:
    return Outlook(lambda at: facts if at < ends_at else replace(facts, in_hours=False), (ends_at,))


def run() -> dict[str, Any]:
    """Measure."""
    since, until = (instant(FIRST_ON + timedelta(days=each), 0) for each in (0, DAYS))
    with tempfile.TemporaryDirectory(prefix="sekisho-replay-") as folder:
        url = f"sqlite:///{folder}/book.db"
        migrate(url)
        store = Store(url)
        with store.transaction(until) as tx:
            append_decisions(tx, [(written, None) for written in make_decisions()])
        figures = min((_measure(store, since, until) for _ in range(TIMES)), key=lambda each: each["whole_s"])
        store.close()
    return figures


def _measure(store: Store, since: datetime, until: datetime) -> dict[str, Any]:
    @cache
    def rules_of(on: date) -> Any:
        return compile_rules(STRICTER, on)

    begun, busy = time.perf_counter(), time.process_time()
    with store.reading(until) as tx:
        decisions = list_decisions(tx, since, until)
    read = time.perf_counter()
    trial = run_dry(PLAN, rules_of, (_decided(number, written) for number, written in decisions))
    ended, cpu = time.perf_counter(), time.process_time() - busy
    with store.reading(until) as tx:
        bodies = [body for _, body in list_decision_bodies(tx, since, until)]
    fetched = time.perf_counter()
    for body in bodies:
        json.loads(body)
    plain = time.perf_counter()
    return {
        "people": PEOPLE,
        "decisions": trial.looked_at,
        "otherwise": len(trial.otherwise),
        "put_off": len(trial.put_off),
        "read_s": round(read - begun, 2),
        "decide_again_s": round(ended - read, 2),
        "whole_s": round(ended - begun, 2),
        "whole_cpu_s": round(cpu, 2),
        "plain_json_s": round(plain - fetched, 2),
        "read_decision_us": round(_time_reading(bodies), 1),
        "days": len({civil_minute(written.decision.decided_at)[0] for _, written in decisions}),
    }


def _decided(number: int, written: Written) -> Decided:
    made = written.decision
    return Decided(
        str(number), written.person_id, written.terminal_id, made.decided_at, made.facts, made.failed, written.waivers
    )


def _time_reading(bodies: list[bytes]) -> float:
    begun = time.perf_counter()
    for body in bodies:
        read_decision(body)
    return (time.perf_counter() - begun) / len(bodies) * 1e6
