"""``sekisho nas probe`` with the gateway's book: a terminal that asks again shows that its port bounces."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from typer.testing import CliRunner

from domain.zones.tier import TierId
from domain.zones.tier_session import PortSession, SessionState
from sekisho.nas import app
from store.port_sessions import insert_session
from store.tx import Store
from tests.gateway.radius.test_probe import SECRET, STATION, switched
from tests.sekisho.test_tiers_command import config  # noqa: F401 (a fixture: a gateway's settings)


def probe(tmp_path: Path, settings: Path) -> tuple[int, str]:
    secret = tmp_path / "secret"
    secret.write_bytes(SECRET)
    with switched(now=lambda: datetime.now(UTC)) as port:
        words = ["probe", "127.0.0.1", "--secret", str(secret), "--port", str(port), "--station", STATION]
        done = CliRunner().invoke(app, [*words, "--session", "s-1", "--config", str(settings)], terminal_width=200)
    return done.exit_code, done.output


def test_a_terminal_that_asks_again_is_seen_in_the_book(
    tmp_path: Path,
    sqlite_url: str,
    config: Path,  # noqa: F811
) -> None:
    store = Store(sqlite_url)
    soon = datetime.now(UTC) + timedelta(minutes=1)
    with store.transaction(soon) as tx:
        insert_session(
            tx,
            PortSession("p1", TierId("lgwan"), 20, "t1", "s1", "sw", "7", SessionState.pending, soon, station=STATION),
        )
    store.close()
    code, told = probe(tmp_path, config)
    assert code == 0, told
    assert "Access-Request" in told


def test_settings_that_are_not_there_are_named(tmp_path: Path) -> None:
    code, told = probe(tmp_path, tmp_path / "none.toml")
    assert (code, "none.toml" in told) == (2, True)
