"""Whatever is done to HR's files in whatever order: a settled one stays, and nobody agrees to their own."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings as example_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gateway.operations.attendance.hand_in_hr_file import HandedIn, agree, hand_in, refuse
from store.hr_files import HrFile, HrFileState, load_content
from store.migrate import migrate
from store.people import list_persons
from store.tx import Store
from sync.jobs.apply_hr_files import apply_ready
from sync.jobs.preview_hr_files import preview_brought
from tests.sync.desks import DECEMBER, KEY
from tests.sync.hr_room import ON, files, hr_desk, staff_csv

CONTENTS = [staff_csv(*(f"s{n}" for n in range(count))) for count in (1, 3, 4)]
SETTLED = {HrFileState.applied, HrFileState.refused}
LOGINS = st.sampled_from(["jinji", "buchou"])


class FilesOnTheirWay(RuleBasedStateMachine):
    """Files of staff that two people hand in, agree to and refuse while days pass."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory(prefix="sekisho-hr-")
        url = f"sqlite:///{self.folder.name}/hr.db"
        migrate(url)
        self.store = Store(url)
        self.desk = hr_desk(self.store, Path(self.folder.name))
        self.today = ON
        self.settled: dict[int, HrFile] = {}
        self.nonce = 0

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @rule(data=st.sampled_from(CONTENTS), later=st.integers(0, 2), by=LOGINS)
    def somebody_hands_in(self, data: bytes, later: int, by: str) -> None:
        self.nonce += 1
        given = HandedIn("staff", "a", data, self.today + timedelta(days=later), self.nonce.to_bytes(12, "big"))
        with self.store.transaction(DECEMBER) as tx:
            file_id, faults = hand_in(tx, KEY, given, today=self.today, by=by)
        assert (file_id is not None, faults) == (True, [])

    @precondition(lambda self: files(self.desk))
    @rule(which=st.integers(0, 20), by=LOGINS, agrees=st.booleans())
    def somebody_decides(self, which: int, by: str, agrees: bool) -> None:
        known = files(self.desk)
        file_id = known[which % len(known)].id
        with self.store.transaction(DECEMBER) as tx:
            _ = agree(tx, file_id, by=by) if agrees else refuse(tx, file_id, by=by, reason="別の月")

    @rule(days=st.integers(0, 2))
    def the_job_runs(self, days: int) -> None:
        self.today += timedelta(days=days)
        assert preview_brought(self.desk) == []
        for file in apply_ready(self.desk, self.today):
            assert file.effective_on <= self.today
            if file.summary.percent > self.desk.percent_max:
                assert file.agreed_by not in {None, file.brought_by}

    @invariant()
    def a_settled_file_stays_as_it_is_and_its_bytes_are_gone(self) -> None:
        for file in files(self.desk):
            assert self.settled.get(file.id, file) == file
            with self.store.reading(DECEMBER) as tx:
                assert (load_content(tx, file.id) == b"") == (file.state in SETTLED)
            if file.state in SETTLED:
                self.settled[file.id] = file

    @invariant()
    def the_same_file_is_on_its_way_once(self) -> None:
        on_their_way = [(file.digest, file.effective_on) for file in files(self.desk) if file.state not in SETTLED]
        assert len(on_their_way) == len(set(on_their_way))

    @invariant()
    def nobody_works_here_whom_no_applied_file_brought(self) -> None:
        applied = sum(file.state is HrFileState.applied for file in files(self.desk))
        with self.store.reading(DECEMBER) as tx:
            assert bool(list_persons(tx)) == bool(applied)


TestFilesOnTheirWay = FilesOnTheirWay.TestCase
TestFilesOnTheirWay.settings = example_settings(max_examples=12, stateful_step_count=15, deadline=None)
