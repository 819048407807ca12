"""Clearances, trainings and terminals without a browser: what is shown, asked, approved, entered and brought in."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fastapi.testclient import TestClient
from httpx2 import Response

from gateway.operations.identity.roles import Role
from store.terminals import EndedFor, load_terminal
from store.tier_clearances import list_clearances, load_clearance
from store.tier_proposals import ProposalState, load_proposal
from store.trainings import list_attendances, list_open_drills, list_trainings
from tests.pages.city import City
from tests.pages.conftest import csrf_of, make_client, send, sign_in
from tests.pages.qualified import PENDING, TODAY, qualify

SignIn = Callable[[Role], TestClient]
FORM = "00112233445566aa"
CSV = "職員番号,研修,受講日,結果\ns0005,security,2025-11-19,合格\ns0003,security,2025-11-19,合格\n"
DRILL = "職員番号,訓練日,結果\ns0001,2025-11-01,開封\ns0004,2025-11-01,なし\n"
REGISTER = "端末番号,名称,系,種類,管理者\npc-010,会計の端末,LGWAN接続系,pc,s0002\n"


@pytest.fixture(autouse=True)
def qualified(city: City) -> None:
    qualify(city)


@pytest.fixture
def officer(sign_in_as: SignIn) -> TestClient:
    return sign_in_as(Role.security)


@pytest.fixture
def other(qualified: None, pages) -> TestClient:
    client = make_client(pages)
    assert sign_in(client, "anzen") == 303
    return client


def upload(client: TestClient, path: str, data: bytes, **form: str) -> Response:
    return client.post(path, data={"csrf": csrf_of(client)} | form, files={"file": ("a.csv", data, "text/csv")})


def kept_in(answer: Response) -> str:
    return answer.text.partition('name="kept" value="')[2].partition('"')[0]


def certificate(name: str, city: City) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    since, until = city.clock(), city.clock() + timedelta(days=365)
    made = x509.CertificateBuilder(subject, subject, key.public_key(), 0xCAFE, since, until).sign(key, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.PEM)


def test_clearances_say_who_until_when_and_what_ended(officer: TestClient) -> None:
    text = officer.get("/clearances").text
    for said in (
        "承認待ち 2件",
        "認定 2件",
        "まもなく終わる",
        "異動のため自動で終わりました",
        "財務会計",
        "取り下げる",
    ):
        assert said in text, said
    assert "認定 2件" in officer.get("/clearances?tier=lgwan&department=somu").text
    assert "認定はありません" in officer.get("/clearances?department=joho").text
    assert "認定はありません" in officer.get("/clearances?tier=internet").text


def test_one_asks_for_several_and_another_approves_them_at_once(
    officer: TestClient, other: TestClient, city: City
) -> None:
    wish = {"id": FORM, "tier": "internet", "valid_from": str(TODAY), "reason": "照会"}
    assert send(officer, "/clearances", people="石井 健太\ns0003", **wish) == 303
    assert send(officer, "/clearances", people="石井 健太\ns0003", **wish) == 303
    text = other.get("/clearances").text
    assert "承認待ち 4件" in text
    ids = [part.partition('"')[0] for part in text.split('form="approve" name="ids" value="')[1:]]
    assert len(ids) == 3
    assert send(officer, "/clearances/decide", ids=ids, verdict="approve") == 422
    assert send(other, "/clearances/decide", ids=ids, verdict="approve") == 303
    with city.store.reading(city.clock()) as tx:
        found = list_clearances(tx, ["s0002", "s0003"])
    assert {each.tier_id for theirs in found.values() for each in theirs} == {"lgwan", "internet"}


def test_what_is_wrong_with_a_wish_stands_beside_its_field(officer: TestClient) -> None:
    bad = officer.post(
        "/clearances", data={"csrf": csrf_of(officer), "id": FORM, "people": "だれか", "tier": "lgwan", "reason": "x"}
    )
    assert bad.status_code == 422
    assert "「だれか」に当たる職員が見つからない" in bad.text
    assert send(officer, "/clearances", id=FORM, people="s0002", tier="lgwan", reason="x") == 422
    assert send(officer, "/clearances", id=FORM, people=" ", tier="lgwan", reason="x") == 422
    assert send(officer, "/clearances/decide", verdict="approve") == 422
    assert send(officer, "/clearances/decide", ids="nothing", verdict="approve") == 404


def test_a_wish_is_refused_with_a_reason_or_withdrawn(officer: TestClient, city: City) -> None:
    assert send(officer, "/clearances/decide", ids=PENDING, verdict="refuse") == 422
    assert send(officer, "/clearances/decide", ids=PENDING, verdict="refuse", why="不要") == 303
    assert send(officer, "/clearances/decide", ids="fedcba9876543210", verdict="withdraw") == 303
    with city.store.reading(city.clock()) as tx:
        states = [each.state for id_ in (PENDING, "fedcba9876543210") if (each := load_proposal(tx, id_))]
    assert states == [ProposalState.refused, ProposalState.withdrawn]


def test_a_clearance_is_ended_by_one_person_with_a_reason(officer: TestClient, city: City) -> None:
    assert send(officer, "/clearances/end", clearance="c-1") == 422
    assert send(officer, "/clearances/end", clearance="c-1", reason="担当を外れた") == 303
    assert send(officer, "/clearances/end", clearance="nothing", reason="x") == 404
    with city.store.reading(city.clock()) as tx:
        ended = load_clearance(tx, "c-1")
    assert ended is not None
    assert (ended.ended_by, ended.end_reason) == ("security", "担当を外れた")


def test_the_matrix_shows_departments_people_and_a_tiers_own(sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.hr)
    text = desk.get("/trainings").text
    for said in ("60%（3 / 5人）", "総務課", "67%（2 / 3人）", "特定個人情報研修"):
        assert said in text, said
    text = desk.get("/trainings?department=somu").text
    for said in ("まもなく期限", "期限切れ", "不合格", "未受講", "訓練の再受講待ち", "受講を記録する"):
        assert said in text, said
    assert "髙橋" not in text
    assert "特定個人情報研修" not in desk.get("/trainings?tier=lgwan").text
    assert "受講を記録する" not in sign_in_as(Role.auditor).get("/trainings?department=somu").text


@pytest.mark.parametrize(("encoding", "codec"), [("utf8", "utf-8-sig"), ("cp932", "cp932")])
def test_the_matrix_is_a_file(sign_in_as: SignIn, encoding: str, codec: str) -> None:
    answer = sign_in_as(Role.hr).get(f"/trainings/matrix.csv?department=somu&encoding={encoding}")
    lines = answer.content.decode(codec).splitlines()
    assert lines[0].startswith("所属,職員番号,氏名,")
    assert any(line.startswith("総務課,s0002,石井 健太,未受講,,まもなく期限,2025-12-05,訓練") for line in lines)


def test_a_whole_department_is_entered_with_one_form(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.hr)
    form = desk.get("/trainings/attendances?training=security&department=somu").text
    assert "2 / 3人を選択" in form
    assert "3 / 3人を選択" in desk.get("/trainings/attendances?training=security&department=somu&everybody=true").text
    told = {"training": "security", "department": "somu", "attended_on": str(TODAY)}
    people = ["s0001", "s0002", "s0003"]
    answer = desk.post("/trainings/attendances", data={"csrf": csrf_of(desk), "people": people} | told)
    assert answer.headers["location"] == "/trainings?department=somu&entered=3"
    assert "3人の受講を記録しました" in desk.get(answer.headers["location"]).text
    with city.store.reading(city.clock()) as tx:
        assert [each.on for each in list_attendances(tx, ["s0002"])["s0002"]][-1] == TODAY
    assert send(desk, "/trainings/attendances", **told) == 422
    assert send(desk, "/trainings/attendances", people=people, **told | {"attended_on": "2025-12-01"}) == 422
    assert desk.get("/trainings/attendances?training=nothing").status_code == 404


def test_trainings_are_kept_and_what_a_tier_lacks_is_named(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.hr)
    assert "12か月有効" in desk.get("/trainings/kinds").text
    assert send(desk, "/trainings/kinds", id="Drill", name="標的型メール訓練", months="6") == 303
    assert send(desk, "/trainings/kinds", id="privacy", name="特定個人情報研修", name_en="Privacy", months="24") == 303
    with city.store.reading(city.clock()) as tx:
        assert {each.id: each.months for each in list_trainings(tx)} == {"drill": 6, "privacy": 24, "security": 12}
    for wrong in ({"id": "a b", "name": "x"}, {"id": "x", "name": ""}, {"id": "x", "name": "x", "months": "0"}):
        assert send(desk, "/trainings/kinds", **wrong) == 422
    tiers = tuple(each.model_copy(update={"trainings": ("nowhere",)}) for each in city.context.site.tiers)
    city.context.site = city.context.site.model_copy(update={"tiers": tiers})
    assert "登録のないもの: nowhere" in desk.get("/trainings").text


def test_attendances_are_brought_in_once(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.hr)
    looked = upload(desk, "/trainings/import", CSV.encode("cp932"), act="look")
    assert "2件を取り込む" in looked.text
    kept = kept_in(looked)
    for many in (2, 0):
        answer = desk.post("/trainings/import", data={"csrf": csrf_of(desk), "act": "bring", "kept": kept})
        assert answer.headers["location"] == f"/trainings/import?brought={many}"
    assert "すべて登録済みです" in upload(desk, "/trainings/import", CSV.encode(), act="look").text
    assert "新しいものはありませんでした" in desk.get("/trainings/import?brought=0").text
    with city.store.reading(city.clock()) as tx:
        assert len(list_attendances(tx, ["s0003"])["s0003"]) == 2


def test_wrong_lines_are_named_by_line_and_column(sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.hr)
    bad = upload(desk, "/trainings/import", (CSV + "s9999,none,2026-01-01,\ns0001,security,x,\n").encode(), act="look")
    assert bad.status_code == 422
    for said in (
        "取り込めない行が 2行",
        ">4<",
        ">5<",
        "<strong>受講日</strong>: YYYY-MM-DD",
        "「none」という研修はありません",
    ):
        assert said in bad.text, said
    assert kept_in(bad) == ""
    for data in (b"", b"\xff\xfe", "職員番号\ns1\n".encode()):
        assert upload(desk, "/trainings/import", data, act="look").status_code == 422
    again = desk.post("/trainings/import", data={"csrf": csrf_of(desk), "act": "bring", "kept": "?"})
    assert again.status_code == 422


def test_a_drill_is_entered_brought_in_and_made_good(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.hr)
    assert "再受講待ち 1件" in desk.get("/trainings/drills").text
    assert send(desk, "/trainings/drills", people="青木 太郎", failed_on="2025-11-10") == 303
    assert send(desk, "/trainings/drills", people="だれか", failed_on="2025-11-10") == 422
    looked = upload(desk, "/trainings/drills/import", DRILL.encode(), act="look")
    assert "1件を取り込む" in looked.text
    assert send(desk, "/trainings/drills/import", act="bring", kept=kept_in(looked)) == 303
    assert send(desk, "/trainings/drills/made-good", person="s0001", made_good_on=str(TODAY)) == 303
    assert send(desk, "/trainings/drills/made-good", person="s0002", made_good_on="2026-01-01") == 422
    with city.store.reading(city.clock()) as tx:
        assert list_open_drills(tx, ["s0001", "s0002"]) == {"s0002"}


def test_terminals_are_shown_kept_and_ended(officer: TestClient, city: City) -> None:
    text = officer.get("/terminals").text
    for said in ("総務の端末", "まもなく期限", "証明書なし", "MACアドレスで接続", "職員通用口・入", "共用"):
        assert said in text, said
    assert ">None<" not in text  # a certificate may be known by its days alone
    assert "古い端末" not in text
    assert "紛失" in officer.get("/terminals?shown=ended").text
    assert "複合機" not in officer.get("/terminals?shown=to_look_at").text
    assert "00:00:5e:00:53:01" in officer.get("/terminals/form?terminal=prn-1").text
    assert officer.get("/terminals/form?terminal=pc-003").status_code == 404
    told = {"name": "窓口の端末", "tier_id": "lgwan", "terminal_class": "pc"}
    assert send(officer, "/terminals/form", id="pc-002", kept_by="上田 翔", **told) == 303
    assert send(officer, "/terminals/form", id="pc-004", mac="00-00-5E-00-53-02", issued_on="2025-04-01", **told) == 303
    for wrong in ({"id": "pc 5"}, {"id": "pc-5", "mac": "x"}, {"id": "pc-5", "kept_by": "だれか"}, {"id": "pc-003"}):
        assert send(officer, "/terminals/form", **told | wrong) == 422
    assert send(officer, "/terminals/end", terminal="pc-001", ended_for="disposed") == 303
    assert send(officer, "/terminals/end", terminal="pc-001", ended_for="lost") == 422
    assert send(officer, "/terminals/end", terminal="nothing", ended_for="lost") == 404
    with city.store.reading(city.clock()) as tx:
        desk, gone = load_terminal(tx, "pc-002"), load_terminal(tx, "pc-001")
    assert desk is not None
    assert gone is not None
    assert (desk.kept_by, gone.ended_for, gone.ended_by) == ("s0003", EndedFor.disposed, "security")


def test_certificates_are_read_and_keys_are_not(officer: TestClient, city: City) -> None:
    answer = upload(officer, "/terminals/certificates", certificate("pc-002", city))
    assert answer.headers["location"] == "/terminals?certified=1"
    assert "1台の証明書を読み取りました" in officer.get(answer.headers["location"]).text
    with city.store.reading(city.clock()) as tx:
        kept = load_terminal(tx, "pc-002")
    assert kept is not None
    assert kept.certificate_serial == "cafe"
    assert "台帳にありません" in upload(officer, "/terminals/certificates", certificate("pc-009", city)).text
    assert "秘密鍵が入っている" in upload(officer, "/terminals/certificates", b"-----BEGIN PRIVATE KEY-----").text
    assert upload(officer, "/terminals/certificates", b"").status_code == 422


def test_the_register_is_brought_in_once(officer: TestClient, city: City) -> None:
    looked = upload(officer, "/terminals/import", REGISTER.encode("cp932"), act="look")
    assert "1件を取り込む" in looked.text
    for many in (1, 0):
        form = {"csrf": csrf_of(officer), "act": "bring", "kept": kept_in(looked)}
        answer = officer.post("/terminals/import", data=form)
        assert answer.headers["location"] == f"/terminals/import?brought={many}"
    bad = upload(officer, "/terminals/import", REGISTER.replace("LGWAN接続系", "別の系").encode(), act="look")
    assert "「別の系」という系はありません" in bad.text
    with city.store.reading(city.clock()) as tx:
        assert load_terminal(tx, "pc-010") is not None
