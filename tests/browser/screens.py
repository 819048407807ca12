"""What every screen is held against, how somebody signs in, and clicks that are counted."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

from tests.pages.city import PASSWORD

WIDE: ViewportSize = {"width": 1280, "height": 900}
ZOOMED: ViewportSize = {"width": 640, "height": 450}
"""What is left of a wide window at 200 % zoom."""
PHONE: ViewportSize = {"width": 390, "height": 844}
SOON = 1000
"""Milliseconds in which an open page is told of news."""


def judge(page: Page) -> None:
    """Hold the page against axe's rules, best practices among them."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def demand_no_sideways_scroll(page: Page) -> None:
    """The page itself never scrolls sideways; only a table's own frame may."""
    page.wait_for_load_state()  # a click may just have led here
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def examine(page: Page) -> None:
    """Hold a screen against axe and every width; the window is wide afterwards."""
    for size in (ZOOMED, PHONE, WIDE):
        page.set_viewport_size(size)
        demand_no_sideways_scroll(page)
    judge(page)


def sign_in(page: Page, login: str, path: str = "/") -> None:
    """Ask for a page as nobody, and sign in by the form that comes instead."""
    page.goto(path)
    page.get_by_label("ログイン名").fill(login)
    page.get_by_label("パスワード", exact=True).fill(PASSWORD)
    page.locator("main form .button-primary").click()


class Clicks:
    """A page on which clicks are counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def __call__(self, name: str, role: str = "", *, exact: bool = False) -> None:
        """Click what has a name and, where it is given, a role; ``exact`` where the name is a part of another's."""
        self.count += 1
        page = self.page
        found = page.get_by_role(role, name=name, exact=exact) if role else page.get_by_text(name, exact=exact)  # type: ignore[arg-type]
        found.click()
