"""Giving somebody a level and ending it, as the pages of a person, a department and a group have it alike."""

from playwright.sync_api import Locator, expect

from tests.browser.screens import Clicks, examine


def give_level(click: Clicks, reason: str, button: str) -> Locator:
    """Open the form, fill it and send it by ``button``, in two clicks; gives the row that tells of it."""
    page = click.page
    click("権限を認める")
    page.locator("#grant-level").select_option("it")
    page.locator("#grant-reason").fill(reason)
    examine(page)
    click(button, "button")
    given = page.locator(".row-right", has_text=reason)
    expect(given).to_contain_text("窓口")
    return given


def end_level(given: Locator, reason: str, button: str) -> None:
    """End what a row tells of, by ``button``."""
    given.get_by_text("終わらせる").first.click()
    given.get_by_label("理由").fill(reason)
    examine(given.page)
    given.get_by_role("button", name=button).click()
    expect(given).to_have_count(0)
