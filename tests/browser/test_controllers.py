"""A new controller in a real browser: it is plugged in, stands on the page within seconds, and is admitted."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from contract.enrolment import Invitation
from domain.ids import DeviceId
from gateway.context import GatewayContext
from gateway.operations.access.enroll_devices import revoke_devices
from gateway.operations.identity.roles import Role
from gateway.settings import load_gateway_settings
from gateway.site.layout import RenderedSite
from readers.settings import load_edge_settings
from tests.browser.screens import examine
from tests.browser.server import PagesServer
from tests.gateway.enrolling import Box, render_with_enrolment, serve_enrolment, settings_of

pytestmark = pytest.mark.real

WITHIN_MILLISECONDS = 10_000
PLACE = "east-1"


@pytest.fixture
def door(pages_server: PagesServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayContext]:
    """The city hall with a door for new controllers; the east one's box was revoked."""
    context = pages_server.city.context
    rendered: RenderedSite = render_with_enrolment(context.site, tmp_path_factory.mktemp("e"), PLACE)
    made = load_gateway_settings(rendered.gateway_settings)
    named = {"devices", "enrolment", "site_key_file", "names_key_file"}
    fields = {name: getattr(made, name) for name in named}
    context.settings = context.settings.model_copy(update=fields)
    with context.store.transaction(context.now()) as tx:
        revoke_devices(tx, [DeviceId(PLACE)])
    with serve_enrolment(context, settings_of(rendered)):
        yield context


def fetch_invitation(page: Page) -> Invitation:
    with page.expect_download() as download:
        page.get_by_role("button", name="USBファイルで招待").click()
    assert download.value.suggested_filename == "sekisho-enrol.json"
    return Invitation.model_validate(json.loads(Path(download.value.path()).read_text()))


def test_a_controller_is_plugged_in_and_admitted_in_three_clicks(
    door: GatewayContext, enter: Callable[[Role], Page], tmp_path: Path
) -> None:
    page = enter(Role.operator)
    page.goto("/controllers")
    invitation = fetch_invitation(page)  # the first click
    box = Box(invitation, tmp_path / "box").start()
    expect(page.locator("#newcomers-title")).to_have_text("新しい制御盤 1台", timeout=WITHIN_MILLISECONDS)
    expect(page.locator(".comparing-code")).to_have_text(box.codes[0])
    examine(page)
    page.get_by_label("持ち場", exact=True).select_option(PLACE)  # already chosen where one place is free
    page.get_by_role("button", name="番号を確かめて承認する").click()  # the second
    box.join()
    assert box.fault is None
    expect(page.locator("#controllers")).to_contain_text("登録済み", timeout=WITHIN_MILLISECONDS)
    examine(page)
    assert load_edge_settings(tmp_path / "box" / "edge.toml").device == PLACE


def test_a_code_is_shown_once_and_a_strange_box_refused(
    door: GatewayContext, enter: Callable[[Role], Page], tmp_path: Path
) -> None:
    page = enter(Role.operator)
    page.goto("/controllers")
    page.get_by_role("button", name="QRコードで招待").click()
    expect(page.get_by_role("img", name="招待のQRコード")).to_be_visible()
    examine(page)
    page.goto("/controllers")
    box = Box(fetch_invitation(page), tmp_path / "box").start()
    page.get_by_role("button", name="断る…").click(timeout=WITHIN_MILLISECONDS)
    ask = page.get_by_role("dialog", name="この制御盤を断る")
    ask.get_by_label("理由").fill("心当たりがない")
    ask.get_by_role("button", name="断る", exact=True).click()
    expect(page.locator("#controllers")).to_contain_text("心当たりがない")
    box.join()
    assert "the operator refused" in str(box.fault)
    examine(page)
