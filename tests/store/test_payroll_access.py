"""How a payroll service lets us in: which pair stands, and whose renewal counts."""

from datetime import UTC, datetime, timedelta

from store.payroll_access import (
    claim_renewal,
    load_payroll_access,
    save_not_renewed,
    save_payroll_access,
    save_renewed,
)
from store.tx import Store

NOW = datetime(2025, 12, 3, tzinfo=UTC)
LATER = NOW + timedelta(hours=6)


def test_a_pair_that_comes_late_does_not_replace_a_newer_one(store: Store) -> None:
    with store.transaction(NOW) as tx:
        save_payroll_access(tx, "freee", b"first", NOW)
        seen = load_payroll_access(tx, "freee")
        assert seen is not None
        save_payroll_access(tx, "freee", b"second", LATER)
        assert not save_renewed(tx, seen, b"late", NOW)
        assert not claim_renewal(tx, seen, stale_before=NOW)
        save_not_renewed(tx, seen, refusal="late")
        standing = load_payroll_access(tx, "freee")
    assert standing is not None
    assert (standing.number, standing.sealed, standing.refusal) == (2, b"second", "")
