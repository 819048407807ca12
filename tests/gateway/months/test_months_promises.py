"""Whatever happens after months were confirmed and closed: versions stay, adjustments are only added, pay counts right.

The machine taps, confirms, closes, reopens and adjusts months of three people in any order. After every recount the
closed version with what is agreed or still open is the fresh count; nobody's confirmation falls by another's tap.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from contract.adjustment_content import read_adjustment
from contract.month_version import read_counted, read_month
from domain.attendance.adjustment import AdjustmentAct, AdjustmentState, add_difference
from domain.attendance.closing import CONFIRMED, IN_FORCE, MonthAct
from domain.attendance.counted_month import sum_month
from domain.attendance.month import derive_month
from domain.attendance.month_fault import RefusedMonthError
from domain.attendance.pay_due import add_amounts, due_rows
from domain.attendance.pay_line import AgreedAdjustment
from gateway.months.adjusting import stands_at
from gateway.operations.attendance.adjust_month import adjust_month
from gateway.operations.attendance.reopen_month import reopen_month
from store.closings import MonthVersion, list_versions, load_standings
from store.migrate import migrate
from store.month_adjustments import MonthAdjustment, list_adjustments
from store.months import load_month_facts
from store.tx import Store
from tests.gateway.months.city import ORGANISATION, PERIOD, CityHall
from tests.profiles import HAGI

PEOPLE = ("p1", "p2", "hr1")
WHO = st.sampled_from(PEOPLE)
BY = st.sampled_from(["hr1", "hr2"])
UNDECIDED = {AdjustmentState.found, AdjustmentState.proposed}


class MonthsEnds(RuleBasedStateMachine):
    """Three people's November, closed and changed in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory(prefix="sekisho-months-")
        url = f"sqlite:///{Path(self.folder.name) / 'months.db'}"
        migrate(url)
        self.store = Store(url)
        self.versions: dict[tuple[str, int], MonthVersion] = {}
        self.adjustments: dict[str, MonthAdjustment] = {}
        self.waiting: set[str] = set()

    @initialize()
    def found(self) -> None:
        self.hall = CityHall(self.store).found(*PEOPLE, "hr2", "head")
        self.hall.day("p1", 10)
        self.hall.close_all("p1")

    @rule(who=WHO, day=st.sampled_from([4, 5, 28]), came=st.sampled_from(["08:25", "09:30"]), out=st.booleans())
    def tap(self, who: str, day: int, came: str, out: bool) -> None:
        self.hall.tap(who, day, came, "in", late=True)
        if out:
            self.hall.tap(who, day, "17:20", "out", late=True)
        self.waiting.add(who)

    @rule(who=WHO)
    def confirm(self, who: str) -> None:
        try:
            self.hall.confirm(who)
        except RefusedMonthError:
            return
        self.hall.confirm_as_head(who)

    @rule(by=BY)
    def close(self, by: str) -> None:
        self.hall.close(by)

    @rule(who=WHO, act=st.sampled_from([MonthAct.propose_reopening, MonthAct.agree_reopening]), by=BY)
    def reopen(self, who: str, act: MonthAct, by: str) -> None:
        try:
            with self.store.transaction(self.hall.later()) as tx:
                reopen_month(tx, who, PERIOD, act, by=by, organisation=ORGANISATION, reason="誤り")
        except RefusedMonthError:
            return

    @rule(number=st.integers(0, 3), act=st.sampled_from(AdjustmentAct), by=BY)
    def adjust(self, number: int, act: AdjustmentAct, by: str) -> None:
        undecided = [each for each in self.adjustments.values() if each.decision.state in UNDECIDED]
        if not undecided:
            return
        one = undecided[number % len(undecided)]
        try:
            with self.store.transaction(self.hall.later()) as tx:
                adjust_month(
                    tx, one.id, act, by=by, seen_hash=one.content_hash, organisation=ORGANISATION, reason="遅延"
                )
        except RefusedMonthError:
            return

    @rule(who=WHO, day=st.sampled_from([4, 5, 28]))
    def live_a_day_that_comes_late(self, who: str, day: int) -> None:
        self.tap(who, day, "08:25", out=True)
        self.recount()

    @rule()
    def recount(self) -> None:
        with self.store.reading(self.hall.now) as tx:
            before = load_standings(tx, PERIOD)
        self.hall.recount()
        with self.store.reading(self.hall.now) as tx:
            after = load_standings(tx, PERIOD)
        for who, standing in before.items():
            if who not in self.waiting or standing.state not in CONFIRMED:
                assert after[who] == standing
        self.waiting.clear()
        self.require_counts()

    def require_counts(self) -> None:
        """Version and adjustments, agreed or not yet decided, are the fresh count."""
        with self.store.reading(self.hall.now) as tx:
            for who, standing in load_standings(tx, PERIOD).items():
                if standing.state not in IN_FORCE:
                    continue
                own = list_adjustments(tx, PERIOD, [who])
                if any(each.decision.dismissed_at and each.decision.reason == "遅延" for each in own):
                    continue  # people left a difference standing
                version = list_versions(tx, PERIOD, [who])[-1]
                stands = stands_at(version, own)
                for each in own:
                    if each.version == version.version and each.decision.state in UNDECIDED:
                        stands = add_difference(stands, read_adjustment(each.content))
                month = derive_month(load_month_facts(tx, who, PERIOD, HAGI))
                assert stands.amounts == sum_month(month, PERIOD, 0, HAGI).amounts

    @invariant()
    def nothing_closed_ever_changes(self) -> None:
        with self.store.reading(self.hall.now) as tx:
            now = {(each.person_id, each.version): each for each in list_versions(tx, PERIOD)}
        assert now.items() >= self.versions.items()
        self.versions = now

    @invariant()
    def adjustments_are_only_added(self) -> None:
        with self.store.reading(self.hall.now) as tx:
            now = {each.id: each for each in list_adjustments(tx, PERIOD)}
        for name, before in self.adjustments.items():
            assert (now[name].content, now[name].version, now[name].causes) == (
                before.content,
                before.version,
                before.causes,
            )
            if before.decision.state not in UNDECIDED:
                assert now[name] == before
        self.adjustments = now

    @invariant()
    def payroll_gets_what_stands(self) -> None:
        with self.store.reading(self.hall.now) as tx:
            versions, adjustments = list_versions(tx, PERIOD), list_adjustments(tx, PERIOD)
        for who in {each.person_id for each in versions}:
            own = [each for each in versions if each.person_id == who]
            agreed = [
                AgreedAdjustment(each.id, who, PERIOD, each.version, read_adjustment(each.content).amounts)
                for each in adjustments
                if each.person_id == who and each.decision.state is AdjustmentState.agreed
            ]
            closed = [read_month(each.content, each.version) for each in own]
            rows = due_rows(closed, agreed, (), replace=False)
            stands = stands_at(own[-1], [each for each in adjustments if each.person_id == who])
            assert add_amounts(*(row.amounts for row in rows)) == stands.amounts
            assert read_counted(own[-1].content).amounts == closed[-1].amounts

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()


TestMonthsEnds = MonthsEnds.TestCase
TestMonthsEnds.settings = settings(
    max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
