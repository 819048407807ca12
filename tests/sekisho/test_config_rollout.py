"""``sekisho config plan``, ``apply`` and ``status`` on an installation whose controllers have come."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from domain.access.rollout import Phase
from domain.ids import DeviceId
from gateway.operations.identity.create_account import create_account
from gateway.operations.identity.roles import Role
from gateway.rollouts.revisions import revision_id
from gateway.site.layout import FIRMWARE_CONFIGS
from sekisho.config import app
from store.devices import DeviceStatus, save_device_status
from store.outbox import list_unsent
from store.people import Card, Department, Person, upsert_cards, upsert_departments, upsert_persons
from store.rights import Grant, insert_grant
from store.rollouts import list_rollouts
from store.tx import Store
from tests.gateway.rolling import CONTENT, FEWER, LATER

DEMO = FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml"
DEVICES = ("east-1", "north-1", "west-1")


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.output


@pytest.fixture
def settings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rendered installation, applied, with one member of staff; nobody has come yet."""
    out = tmp_path_factory.mktemp("s") / "out"  # a socket's path must stay short, however long a test's name
    code, said = run("render", DEMO, out)
    assert code == 0, said
    store = Store(f"sqlite:///{out}/state/gateway/sekisho.db")
    assert run("apply", out / "gateway" / "gateway.toml")[0] == 0
    with store.transaction(datetime.now(UTC)) as tx:
        upsert_departments(tx, [Department("d", "課")])
        upsert_persons(tx, [Person("p1", "萩 太郎", "ハギ タロウ", "d")])
        upsert_cards(tx, [Card("a" * 32, "p1", "1")])
        insert_grant(tx, Grant("g1", "person", "p1", "staff", "desk", "", "desk"))
        create_account(tx, "kikaku", password_hash="x", roles={Role.operator}, person_id=None)
    store.close()
    return out / "gateway" / "gateway.toml"


@pytest.fixture
def store(settings: Path):
    opened = Store(f"sqlite:///{settings.parents[1]}/state/gateway/sekisho.db")
    yield opened
    opened.close()


def come(store: Store, *, version: int = 1, devices: tuple[str, ...] = DEVICES) -> None:
    with store.transaction(datetime.now(UTC)) as tx:
        for device in devices:
            save_device_status(tx, DeviceStatus(DeviceId(device), True, "s", 1, 0, version, "0.1.0", tx.now))


def changed(folder: Path, content: str) -> Path:
    path = folder / "changed.yaml"
    path.write_text(content, encoding="utf-8")
    return path


def test_a_plan_says_what_changes_and_moves_nothing(settings: Path, store: Store, tmp_path: Path) -> None:
    assert run("plan", DEMO, settings) == (0, "変わりません / nothing changes\n")
    code, told = run("plan", changed(tmp_path, FEWER.content), settings)
    assert code == 1
    assert "~ staff 職員" in told
    assert "points.staff_in: always → —" in told
    assert "+ 0  - 3 (50.0 %)  いま now 6" in told
    assert "別の人の承認が要ります" in told
    assert "萩" not in told
    assert "p1 萩 太郎: + 0  - 3" in run("plan", tmp_path / "changed.yaml", settings, "--names")[1]
    with store.reading(datetime.now(UTC)) as tx:
        assert [rollout.state.phase for rollout in list_rollouts(tx, limit=9)] == [Phase.done]


def test_a_plan_says_what_needs_hands(settings: Path, tmp_path: Path) -> None:
    content = CONTENT.replace("path: Virtual PCD 00 00", "path: Virtual PCD 00 07").replace(
        "name_en: Server room, release_seconds: 4", "name_en: Server room, release_seconds: 6"
    )
    code, told = run("plan", changed(tmp_path, content), settings)
    assert code == 1
    assert "! east-1: 新しい edge.toml が要ります / needs a new edge.toml (readers staff_in)" in told
    assert "! north-1: 新しい edge.toml が要ります / needs a new edge.toml (doors server)" in told
    assert "west-1" not in told


def test_a_wrong_file_is_2(settings: Path, tmp_path: Path) -> None:
    code, told = run("plan", changed(tmp_path, CONTENT.replace("canary: [north-1]", "canary: [north-9]")), settings)
    assert code == 2
    assert "rollout.canary[0]" in told


def test_before_anybody_came_a_change_holds_at_once(settings: Path, store: Store, tmp_path: Path) -> None:
    code, told = run("apply", settings, changed(tmp_path, LATER.content))
    assert code == 0
    assert "版を公開しました" in told
    with store.reading(datetime.now(UTC)) as tx:
        assert list_rollouts(tx, limit=1)[0].proposal.revision_id == LATER.id


def test_afterwards_it_goes_out_by_stages(settings: Path, store: Store, tmp_path: Path) -> None:
    come(store)
    site = changed(tmp_path, LATER.content)
    code, told = run("apply", settings, site)
    assert code == 2
    assert "--by" in told
    code, told = run("apply", settings, site, "--by", "kikaku", "--reason", "早出")
    assert code == 0
    assert "配信 2: 始めました" in told
    with store.reading(datetime.now(UTC)) as tx:
        newest = list_rollouts(tx, limit=1)[0]
    assert (newest.state.phase, newest.proposal.proposed_by, newest.proposal.reason) == (
        Phase.running, "kikaku", "早出",
    )  # fmt: skip
    code, told = run("apply", settings, changed(tmp_path, FEWER.content), "--by", "kikaku")
    assert code == 2
    assert "別の配信が終わっていません" in told
    assert run("apply", settings) == (0, "方針は変わりません / policy unchanged\n")


def test_a_file_that_says_the_same_in_other_words_is_nothing_new(settings: Path, store: Store) -> None:
    come(store)
    assert run("apply", settings, DEMO) == (0, "方針は変わりません / policy unchanged\n")
    with store.reading(datetime.now(UTC)) as tx:
        assert len(list_rollouts(tx, limit=9)) == 1


def test_what_takes_much_away_waits(settings: Path, store: Store, tmp_path: Path) -> None:
    come(store)
    code, told = run("apply", settings, changed(tmp_path, FEWER.content), "--by", "kikaku")
    assert code == 0
    assert "別の人の承認を待ちます" in told


def test_at_once_is_said(settings: Path, store: Store, tmp_path: Path) -> None:
    come(store)
    code, told = run("apply", settings, changed(tmp_path, LATER.content), "--at-once")
    assert code == 0
    assert "版を公開しました" in told


def test_status_marks_drift_and_repair_tells_again(settings: Path, store: Store) -> None:
    come(store, version=1, devices=("east-1", "west-1"))
    run("apply", settings)  # the card and the grant: version 2
    come(store, version=2, devices=("west-1",))
    code, told = run("status", settings)
    assert code == 1
    east, north, west = told.splitlines()
    assert east.startswith("! east-1")
    assert "第1版" in east
    assert north.startswith("! north-1")
    assert "never came" in north
    assert west.startswith("  west-1")
    assert run("status", settings, "--repair")[0] == 1
    with store.reading(datetime.now(UTC)) as tx:
        asked = [unsent.notice for unsent in list_unsent(tx, limit=9) if unsent.notice.kind == "repair.asked"]
    assert [(notice.subject, notice.payload) for notice in asked] == [
        ("east-1", '{"have": 1}'), ("north-1", '{"have": 0}'),
    ]  # fmt: skip
    come(store, version=2)
    assert run("status", settings)[0] == 0


def test_a_kept_description_is_shown_and_can_be_gone_back_to(settings: Path, store: Store, tmp_path: Path) -> None:
    former = (settings.parent / "site.yaml").read_text(encoding="utf-8")
    assert run("show", settings) == (0, former)
    run("apply", settings, changed(tmp_path, LATER.content))
    assert run("show", settings)[1] == LATER.content
    assert run("show", settings, revision_id(former.encode())) == (0, former)
    code, told = run("show", settings, "nowhere")
    assert code == 2
    assert "nowhere" in told
