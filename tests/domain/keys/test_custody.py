"""The table of custody: every cell by what it leads to or why it is refused, and what each act needs."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.keys.custody import NOBODY_KNOWN, STEPS, Custody, CustodyState, Deed, Hand, Holder, HolderKind, KeyAct
from domain.keys.key import OFFICE, Place
from domain.keys.key_fault import KeyFaultError, Why
from domain.keys.step_custody import step_custody

NOW = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)
ISHII, AOKI = Holder(HolderKind.person, "s0002"), Holder(HolderKind.person, "s0001")
HOOK = Place("box", 3)
IN = Custody("c1", CustodyState.in_custody, NOW, NOW, place=HOOK)
OUT = Custody("c1", CustodyState.out, NOW, NOW, holder=ISHII, loan_id="l1", due_at=LATER)
LOST = Custody("c1", CustodyState.lost, NOW, NOW)
GONE = Custody("c1", CustodyState.retired, NOW, NOW)
STANDING = {None: None, CustodyState.in_custody: IN, CustodyState.out: OUT, CustodyState.lost: LOST}
STANDING |= {CustodyState.retired: GONE}


def deed(act: KeyAct, hand: Hand = Hand.desk, **given: object) -> Deed:
    facts: dict[str, object] = {"done_by": "desk", "reason": "x", "holder": AOKI, "loan_id": "l2", "due_at": LATER}
    return Deed(act, hand, **(facts | given))  # type: ignore[arg-type]


def refused(custody: Custody | None, done: Deed, now: datetime = NOW) -> Why:
    with pytest.raises(KeyFaultError) as told:
        step_custody(custody, done, now)
    return told.value.why


def test_a_key_goes_its_whole_way() -> None:
    here = step_custody(None, deed(KeyAct.register), NOW, copy_id="c1", home=HOOK)
    assert (here.state, here.place, here.version) == (CustodyState.in_custody, HOOK, 1)
    out = step_custody(here, deed(KeyAct.issue, holder=ISHII), NOW)
    assert (out.state, out.place, out.holder, out.due_at) == (CustodyState.out, None, ISHII, LATER)
    offered = step_custody(out, deed(KeyAct.offer), NOW)
    handed = step_custody(offered, deed(KeyAct.accept, due_at=None), LATER)
    assert (handed.holder, handed.offered_to, handed.loan_id, handed.since_at) == (AOKI, None, "l2", LATER)
    back = step_custody(handed, deed(KeyAct.give_back, Hand.tap), LATER, home=HOOK)
    assert (back.state, back.place, back.holder, back.loan_id, back.version) == (
        CustodyState.in_custody, HOOK, None, None, 5,
    )  # fmt: skip
    lost = step_custody(back, deed(KeyAct.report_lost), LATER)
    found = step_custody(lost, deed(KeyAct.found, Hand.tap), LATER)
    assert (found.state, found.place) == (CustodyState.in_custody, OFFICE)
    assert step_custody(found, deed(KeyAct.retire), LATER).state is CustodyState.retired


@pytest.mark.parametrize("state", [None, *CustodyState])
@pytest.mark.parametrize("act", KeyAct)
def test_every_cell_leads_somewhere_or_says_why(state: CustodyState | None, act: KeyAct) -> None:
    if (step := STEPS.get((state, act))) is None:
        why = refused(STANDING[state], deed(act))
        expected = {
            None: {Why.unknown},
            CustodyState.retired: {Why.retired},
            CustodyState.lost: {Why.lost, Why.taken},
            CustodyState.in_custody: {Why.not_out, Why.not_lost, Why.taken},
            CustodyState.out: {Why.key_out, Why.not_lost, Why.taken},
        }
        assert why in expected[state]
        return
    before = STANDING[state]
    if act in {KeyAct.accept, KeyAct.withdraw}:
        assert before is not None
        before = step_custody(before, deed(KeyAct.offer), NOW)
    given: dict[str, object] = {"due_at": LATER + timedelta(hours=1), "place": OFFICE}
    after = step_custody(before, deed(act, min(step.by), **given), NOW, copy_id="c1")
    assert after.state is step.to
    assert after.version == (before.version + 1 if before else 1)
    assert (after.place is not None) == (after.state is CustodyState.in_custody)
    assert (after.holder is not None) == (after.loan_id is not None) == (after.state is CustodyState.out)
    if step.needs_reason:
        assert refused(before, deed(act, min(step.by), reason=" ")) is Why.no_reason


def test_a_key_that_is_out_names_who_has_it_and_since_when() -> None:
    with pytest.raises(KeyFaultError) as told:
        step_custody(OUT, deed(KeyAct.issue), NOW)
    assert told.value.why is Why.key_out
    assert told.value.faults[0].values == {"holder": ISHII, "since_at": NOW}
    assert "s0002" not in str(told.value)


def test_a_hand_may_do_what_is_its() -> None:
    assert refused(IN, deed(KeyAct.remove_without_authority)) is Why.wrong_step
    assert refused(OUT, deed(KeyAct.extend, Hand.tap)) is Why.wrong_step
    taken = step_custody(IN, deed(KeyAct.remove_without_authority, Hand.cabinet), NOW)
    assert (taken.holder, taken.due_at) == (NOBODY_KNOWN, NOW)


def test_what_an_issue_lacks_is_named() -> None:
    assert refused(IN, deed(KeyAct.issue, holder=None)) is Why.malformed
    assert refused(IN, deed(KeyAct.issue, due_at=NOW)) is Why.due_past
    damaged = step_custody(IN, deed(KeyAct.inspect, damaged=True), NOW)
    assert refused(damaged, deed(KeyAct.issue)) is Why.damaged
    sound = step_custody(damaged, deed(KeyAct.inspect), NOW)
    assert step_custody(sound, deed(KeyAct.issue), NOW).state is CustodyState.out


def test_hand_over_needs_both() -> None:
    assert refused(OUT, deed(KeyAct.accept)) is Why.no_offer
    assert refused(OUT, deed(KeyAct.withdraw)) is Why.no_offer
    assert refused(OUT, deed(KeyAct.offer, holder=ISHII)) is Why.same_person
    offered = step_custody(OUT, deed(KeyAct.offer), NOW)
    assert refused(offered, deed(KeyAct.accept, holder=Holder(HolderKind.person, "s0003"))) is Why.no_offer
    assert step_custody(offered, deed(KeyAct.withdraw), NOW).offered_to is None


def test_a_loan_grows_only_longer() -> None:
    assert refused(OUT, deed(KeyAct.extend)) is Why.not_later
    late = OUT, deed(KeyAct.extend, due_at=LATER + timedelta(hours=1)), LATER + timedelta(hours=2)
    assert refused(*late) is Why.not_later
    longer = step_custody(OUT, deed(KeyAct.extend, due_at=LATER + timedelta(hours=1)), NOW)
    assert longer.due_at == LATER + timedelta(hours=1)


def test_a_correction_says_where_it_really_is() -> None:
    assert refused(IN, deed(KeyAct.correct)) is Why.malformed
    assert step_custody(IN, deed(KeyAct.correct, place=Place("box", 4)), LATER).place == Place("box", 4)
    assert refused(OUT, deed(KeyAct.correct, holder=None)) is Why.malformed
    put_right = step_custody(OUT, deed(KeyAct.correct), LATER)
    assert (put_right.holder, put_right.since_at) == (AOKI, OUT.since_at)
    assert refused(OUT, deed(KeyAct.correct, holder=ISHII)) is Why.same_holder


def test_a_wrong_hook_is_written_down() -> None:
    hook = Place("box", 9)
    assert step_custody(IN, deed(KeyAct.wrong_position, Hand.cabinet, place=hook), LATER, home=HOOK).place == hook
    assert step_custody(OUT, deed(KeyAct.wrong_position, Hand.cabinet, place=hook), LATER, home=HOOK).place == hook
