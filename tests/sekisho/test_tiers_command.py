"""``sekisho tiers``: rules are checked, proposed for another person's approval, and decisions are proved."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from contract.tier_decision import Written, write_decision
from gateway.operations.identity.create_account import create_account
from gateway.operations.identity.passwords import hash_password
from gateway.operations.identity.roles import Role
from gateway.operations.zones.decide_proposal import Verdict, decide_proposal
from gateway.site.layout import FIRMWARE_CONFIGS
from gateway.zones.decision_log import append_decision
from sekisho.tiers import app
from store.tier_proposals import ProposalKind, list_proposals
from store.tier_rules import insert_rule_set, load_active_hash
from store.tx import Store
from store.zone_tables import tier_decision
from tests.domain.zones.cases import ALLOWED, NOW, RULES, decide

EXAMPLE = FIRMWARE_CONFIGS / "tiers" / "rules.toml"
SITE = FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml"


@pytest.fixture
def config(sqlite_url: str, tmp_path: Path) -> Path:
    """A gateway's settings of the demo's site."""
    for name in ("ca.crt", "server.crt"):
        (tmp_path / name).touch()
    for name in ("site.key", "server.key"):
        (tmp_path / name).touch(mode=0o600)
    file = tmp_path / "gateway.toml"
    file.write_text(
        f'database_url = "{sqlite_url}"\nsite_file = "{SITE}"\npublic_url = "http://localhost:8080"\n'
        'signing_key_file = "site.key"\nsite_key_file = "site.key"\nnames_key_file = "site.key"\n'
        'listen = "127.0.0.1:8080"\n[devices]\nlisten = "127.0.0.1:8443"\nca_file = "ca.crt"\n'
        'certificate_file = "server.crt"\nkey_file = "server.key"\n'
    )
    return file


@pytest.fixture
def kept(sqlite_url: str) -> Any:
    """The database, with somebody who may propose."""
    store = Store(sqlite_url)
    with store.transaction(NOW) as tx:
        create_account(tx, "ueda", password_hash=hash_password("見本の長いパスワード 2025"), roles=[Role.security])
    yield store
    store.close()


def run(*words: object) -> Any:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_the_example_fits_the_demo() -> None:
    done = run("check", EXAMPLE, "--site", SITE)
    assert (done.exit_code, "valid" in done.stdout) == (0, True)


def test_everything_wrong_with_rules_is_named(tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    text = EXAMPLE.read_text(encoding="utf-8")
    file.write_text(text.replace('"not on_leave"', '"not on_leav"').replace('tiers = ["lgwan"]', 'tiers = ["lan"]', 1))
    done = run("check", file, "--site", SITE)
    assert done.exit_code == 2
    for said in (
        "leave.expression: 5文字目の「on_leav」",
        "room_lgwan.tiers: 「lan」という系はありません",
        " / Mark 5",
    ):
        assert said in done.stderr
    file.write_text("rules = []")
    assert "rules" in run("check", file).stderr
    assert run("check", tmp_path / "none.toml").exit_code == 2


def test_imported_rules_wait_for_another_person(config: Path, kept: Store) -> None:
    done = run("import", EXAMPLE, "--config", config, "--by", "ueda")
    assert done.exit_code == 0, done.stderr
    with kept.transaction(datetime.now(UTC)) as tx:
        (proposal,) = list_proposals(tx, kind=ProposalKind.rules)
        assert f"/tier-rules/proposals/{proposal.id}" in done.stdout
        assert load_active_hash(tx, tx.now) is None
        decide_proposal(tx, proposal.id, Verdict.approve, by="aoki")
        assert load_active_hash(tx, tx.now) == proposal.subject
    again = run("import", EXAMPLE, "--config", config, "--by", "ueda")
    assert (again.exit_code, "今の規則と同じ" in again.stderr) == (2, True)
    assert "nobody" in run("import", EXAMPLE, "--config", config, "--by", "nobody").stderr


def test_z8_verify_names_the_first_decision_that_does_not_fit(config: Path, kept: Store) -> None:
    with kept.transaction(NOW) as tx:
        insert_rule_set(tx, RULES, by="ueda", note="")
        for present in (True, False, True):
            append_decision(tx, Written(decide(replace(ALLOWED, present=present)), "s1", "t1", "switch-1"))
    done = run("verify", "--config", config)
    assert (done.exit_code, done.stdout[:3]) == (0, "3 件")
    with kept.transaction(NOW) as tx:
        forged = write_decision(Written(decide(), "s1", "t1", "switch-1"))
        tx.connection.execute(update(tier_decision).where(tier_decision.c.id == 2).values(body=forged))
    done = run("verify", "--config", config)
    assert done.exit_code == 1
    assert "2 件目 / number 2" in done.stderr
    assert "does not follow the one before" in done.stderr
