"""A synthetic city closes every month without an unexplained minute; `sekisho sim years` lives the whole one."""

import pytest

from store.tx import Store
from tests.city_years.run import lent_store, live_years

STAFF = 40
FEW = 24

pytestmark = pytest.mark.timeout(1200)  # seconds of processor time; many more of the clock where others work beside it


def test_every_month_closes_and_is_paid_once() -> None:
    with lent_store() as store:
        figures = list(live_years(store, staff=STAFF, months=3, seed=5))[-1]
    assert figures.months == 3
    minutes = figures.minutes
    uncounted = ("break", "leave", "held_back", "unordered")
    assert minutes["presence"] == minutes["counted"] + sum(minutes[name] for name in uncounted)
    reasons = ("explained", "watch", "managers", "below_threshold")
    assert minutes["unordered"] == sum(minutes[name] for name in reasons)
    for happened in ("adjustments", "reopened", "revoked", "judged", "confirmed_by_rule", "confirmed_by_person"):
        assert figures.counts[happened] > 0, happened


@pytest.mark.real
def test_a_month_on_the_production_database(postgres_url: str) -> None:
    store = Store(postgres_url)
    figures = list(live_years(store, staff=FEW, months=1, seed=2))
    store.close()
    assert figures[-1].pay_lines > 0


def test_the_same_seed_is_the_same_city() -> None:
    lived = []
    for _ in range(2):
        with lent_store() as store:
            lived.append(list(live_years(store, staff=FEW, months=1, seed=9))[-1])
    assert lived[0].minutes == lived[1].minutes
    assert lived[0].counts == lived[1].counts
