"""The city hall on payday: November closed for three, and the connector beside the pages."""

from pathlib import Path

from domain.attendance.paper import PaperOrder
from gateway.operations.attendance.close_month import Closing, close_departments
from store.papers import ClaimedPaper, claim_paper, insert_paper
from sync.firing import Desk
from sync.jobs.make_papers import PaperMaker
from tests.pages.city import City
from tests.pages.month_end import PERIOD, end_month, make_ready, organisation_of
from tests.sync.desks import settings


def close_november(city: City) -> None:
    """Bring November to its end and close it for whoever is settled."""
    end_month(city)
    make_ready(city)
    closing = Closing(PERIOD, city.context.rules.profiles, "s0004")
    list(close_departments(city.store, city.clock, closing, organisation=organisation_of(city)))


def connector(city: City, folder: Path, **more: object) -> PaperMaker:
    """Give what makes papers, with its folders below ``folder``."""
    return PaperMaker(Desk(city.store, settings(folder, city.store.url, **more), city.clock))


def let_the_connector_make(city: City, folder: Path, **more: object) -> None:
    """Let the connector make everything that was ordered."""
    maker = connector(city, folder, **more)
    maker.tell_form()
    while maker.make_next():
        pass


def order(city: City, wanted: PaperOrder) -> None:
    """Order a paper as somebody, past the page."""
    with city.store.transaction(city.clock()) as tx:
        assert insert_paper(tx, wanted)


def begin_to_make(city: City) -> ClaimedPaper:
    """Claim the order that waits as a maker that then says nothing more."""
    with city.store.transaction(city.clock()) as tx:
        claimed = claim_paper(tx, stale_before=tx.now)
        assert claimed is not None
        return claimed
