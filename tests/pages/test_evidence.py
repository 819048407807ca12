"""A pack of evidence: asked for once, made beside, fetched by whoever may, and checked without us."""

import csv
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from contract.signatures import public_key_text, verify
from contract.tier_decision import Written
from domain.zones.my_number import derive_check_digit
from gateway.operations.identity.roles import Role
from gateway.zones.decision_log import append_decision
from gateway.zones.evidence import PURPOSE
from gateway.zones.evidence_worker import ATTEMPTS_MAX, KEPT, EvidenceWorker
from store.evidence_packs import Pack, PackState, claim_pack, insert_pack, load_pack
from store.read_log import list_readings
from store.tier_proposals import Proposal, ProposalKind, insert_proposal
from tests.domain.zones.cases import decide
from tests.pages.city import City
from tests.pages.conftest import send
from tests.pages.tiered import build_tiers

ID = "0123456789abcdef"
NOVEMBER = {"id": ID, "first": "2025-11-01", "last": "2025-11-20"}
FILES = {
    "tiers.csv", "information_classes.csv", "terminals.csv", "rule_activations.csv", "clearances.csv",
    "training_of_members.csv", "waivers.csv", "proposals.csv", "entries.csv", "badging.csv", "sessions.csv",
    "session_steps.csv", "movements.csv", "specific_links.csv", "decisions.ndjson", "README.txt", "verify.py",
    "manifest.json", "manifest.sig",
}  # fmt: skip


@pytest.fixture
def worker(city: City) -> EvidenceWorker:
    """Whoever makes the packs, in a city with its tiers at work."""
    build_tiers(city)
    context = city.context
    return EvidenceWorker(city.store, city.clock, site=lambda: context.site, key=context.signing_key)


@pytest.fixture
def pack(worker: EvidenceWorker, sign_in_as) -> bytes:
    """November's pack, as the auditor fetches it."""
    desk: TestClient = sign_in_as(Role.auditor)
    assert send(desk, "/evidence", **NOVEMBER) == 303
    assert worker.look() == 1
    answer = desk.get(f"/evidence/{ID}/file")
    assert answer.headers["content-type"] == "application/zip"
    return answer.content


def read(pack: bytes, name: str) -> list[list[str]]:
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        data = archive.read(name)
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_a_pack_holds_every_file_and_its_manifest_is_signed(city: City, pack: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        names = set(archive.namelist())
        assert {name for name in names if not name.startswith("rules/")} == FILES
        assert sum(name.startswith("rules/") for name in names) == 1
        manifest_bytes = archive.read("manifest.json")
        verify(city.context.signing_key.public_key(), PURPOSE, manifest_bytes, archive.read("manifest.sig").decode())
        manifest = json.loads(manifest_bytes)
        hashes = {each["name"]: each["sha256"] for each in manifest["files"]}
        assert set(hashes) == names - {"manifest.json", "manifest.sig"}
        for name, digest in hashes.items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest
    assert manifest["public_key"] == public_key_text(city.context.signing_key.public_key())
    assert manifest["decisions"]["count"] == 6
    assert manifest["asked_by"] == "kansa"


def test_its_tables_say_who_was_let_in_on_what_grounds(pack: bytes) -> None:
    header, *rows = read(pack, "sessions.csv")
    assert header[0] == "番号 id"
    assert {row[header.index("端末 terminal_id")] for row in rows} == {"pc-1", "pc-2", "web-4", "web-5", "printer"}
    assert [row[-1] for row in read(pack, "training_of_members.csv") if row[:2] == ["lgwan", "s0002"]] == ["○"]
    assert [row[-1] for row in read(pack, "training_of_members.csv") if row[:2] == ["mynumber", "s0003"]] == ["×"]
    assert {row[1] for row in read(pack, "clearances.csv")[1:]} == {"s0001", "s0002", "s0003", "s0004", "s0005"}
    assert [row[3] for row in read(pack, "tiers.csv") if row[0] == "lgwan"] == ["office", "server_room"]
    assert read(pack, "badging.csv")[0] == ["UserId", "AssetId", "EventTime", "AccessStatus"]
    assert any(row[0] == "s0002" and row[1] == "staff_in" for row in read(pack, "badging.csv"))
    assert any(row[0] == "office" and row[1] == "s0002" for row in read(pack, "entries.csv"))
    steps = [row for row in read(pack, "session_steps.csv") if row[2] == "refused"]
    assert [(row[4], row[5]) for row in steps] == [("3", "504")]
    assert [row[6] for row in read(pack, "waivers.csv")[1:]] == ["障害の対応"]


@pytest.mark.parametrize("spoilt", ["", "sessions.csv", "decisions.ndjson", "cut", "end", "manifest.json"])
def test_it_is_checked_by_its_own_script_without_us(pack: bytes, spoilt: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        archive.extractall(tmp_path)
    if spoilt in {"cut", "end"}:
        _cut_decisions(tmp_path, -1 if spoilt == "end" else 2)
    elif spoilt:
        path = tmp_path / spoilt
        path.write_bytes(path.read_bytes().replace(b"pc-2", b"pc-3").replace(b"kansa", b"aoki"))
    done = subprocess.run(
        [sys.executable, str(tmp_path / "verify.py")], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode == 0) is (spoilt == ""), done.stdout + done.stderr
    assert done.stderr == ""
    if spoilt == "cut":
        assert "does not follow" in done.stdout
    if spoilt == "end":
        assert "ends too early" in done.stdout


def _cut_decisions(folder: Path, number: int) -> None:
    """Take one decision away, and let the manifest's hash fit again, as somebody who rewrites history would."""
    path = folder / "decisions.ndjson"
    lines = path.read_bytes().splitlines(keepends=True)
    del lines[number]
    path.write_bytes(b"".join(lines))
    manifest = json.loads((folder / "manifest.json").read_text())
    for each in manifest["files"]:
        if each["name"] == "decisions.ndjson":
            each["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_the_same_form_twice_is_one_pack_and_every_look_is_written_down(
    city: City, worker: EvidenceWorker, sign_in_as
) -> None:
    desk = sign_in_as(Role.security)
    assert "順番を待っています" not in desk.get("/evidence").text
    assert send(desk, "/evidence", **NOVEMBER) == send(desk, "/evidence", **NOVEMBER) == 303
    assert "順番を待っています" in desk.get(f"/evidence/{ID}").text
    assert desk.get(f"/evidence/{ID}/file").status_code == 404
    assert worker.look() == 1
    assert "できました" in desk.get(f"/evidence/{ID}/part").text
    desk.get(f"/evidence/{ID}/file")
    with city.store.reading(city.clock()) as tx:
        looks = [line.reading for line in list_readings(tx, login="security", limit=9)]
    assert [each.what for each in looks] == ["evidence", "evidence_order", "evidence_order"]
    assert desk.get("/evidence/fedcba9876543210").status_code == 404


@pytest.mark.parametrize("days", [("x", "2025-11-20"), ("2025-11-20", "2025-11-19"), ("2020-01-01", "2025-11-20")])
def test_days_that_are_none_are_refused(city: City, sign_in_as, days: tuple[str, str]) -> None:
    assert send(sign_in_as(Role.auditor), "/evidence", id=ID, first=days[0], last=days[1]) == 422


def test_a_pack_of_days_without_decisions_checks_too(city: City, worker: EvidenceWorker) -> None:
    on = city.clock().date().replace(month=1)
    with city.store.transaction(city.clock()) as tx:
        insert_pack(tx, Pack(ID, on, on, "kansa", tx.now))
    assert worker.look() == 1
    with city.store.reading(city.clock()) as tx:
        found = load_pack(tx, ID)
    assert found is not None
    assert found.state is PackState.done


def test_what_may_be_a_my_number_keeps_a_pack_from_being_made(city: City, worker: EvidenceWorker, sign_in_as) -> None:
    digits = "12345678901"
    number = f"{digits}{derive_check_digit(digits)}"
    with city.store.transaction(city.clock()) as tx:
        insert_proposal(tx, Proposal("p-1", ProposalKind.waiver, "s0001", "{}", f"本人 {number}", "desk", tx.now))
    desk = sign_in_as(Role.auditor)
    assert send(desk, "/evidence", **NOVEMBER) == 303
    assert worker.look() == 1
    text = desk.get(f"/evidence/{ID}").text
    assert "proposals.csv" in text
    assert "個人番号らしい" in text
    assert number not in text
    assert desk.get(f"/evidence/{ID}/file").status_code == 404


def test_a_decision_that_names_one_keeps_a_pack_from_being_made_too(
    city: City, worker: EvidenceWorker, sign_in_as
) -> None:
    digits = "12345678901"
    number = f"{digits}{derive_check_digit(digits)}"
    with city.store.transaction(city.clock()) as tx:
        decided = replace(decide(), decided_at=tx.now)
        append_decision(tx, Written(decided, "s0001", number, "office-sw"))
    desk = sign_in_as(Role.auditor)
    assert send(desk, "/evidence", **NOVEMBER) == 303
    assert worker.look() == 1
    text = desk.get(f"/evidence/{ID}").text
    assert "decisions.ndjson" in text
    assert number not in text
    assert desk.get(f"/evidence/{ID}/file").status_code == 404


def test_a_maker_that_died_is_followed_by_another_but_not_for_ever(city: City, worker: EvidenceWorker) -> None:
    with city.store.transaction(city.clock()) as tx:
        on = tx.now.date()
        insert_pack(tx, Pack(ID, on, on, "kansa", tx.now))
        assert claim_pack(tx, stale_before=tx.now) is not None
    assert worker.look() == 0
    for _ in range(ATTEMPTS_MAX - 1):
        city.clock.advance(hours=1)
        with city.store.transaction(city.clock()) as tx:
            assert claim_pack(tx, stale_before=tx.now) is not None
    city.clock.advance(hours=1)
    assert worker.look() == 1
    with city.store.reading(city.clock()) as tx:
        found = load_pack(tx, ID)
    assert found is not None
    assert (found.state, found.fault) == (PackState.failed, "broken")


def test_packs_are_forgotten_after_a_while(city: City, worker: EvidenceWorker, pack: bytes) -> None:
    city.clock.advance(seconds=KEPT.total_seconds() + 1)
    worker.look()
    with city.store.reading(city.clock()) as tx:
        assert load_pack(tx, ID) is None
