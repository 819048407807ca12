"""Kinds of leave as a file: the shipped ones say their source; a wrong file is refused by every wrong field."""

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from contract.leave_kind_file import FILE, read_leave_rules, shipped_leave_rules
from contract.profile_faults import ProfileFileError
from contract.profile_schema import profile_schema
from domain.attendance.leave_kinds import Allowance, MonthDay, Season, pay_name
from domain.workflow.route import StepRole
from sync.payroll.layout_files import list_layouts

TEXT = FILE.read_text(encoding="utf-8")
SCHEMA = json.loads(profile_schema()["leave_kinds.schema.json"])
LAYOUTS = Path(__file__).parents[2] / "sync" / "payroll" / "layouts"


def faults(folder: Path, text: str) -> dict[str, str]:
    file = folder / "city.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ProfileFileError) as refused:
        read_leave_rules(file)
    return {fault.field: fault.expected for fault in refused.value.faults}


def test_the_shipped_kinds() -> None:
    rules = shipped_leave_rules()
    annual = rules.kinds["annual"]
    assert (annual.allowance, annual.carry_days_max, annual.unit_minutes) == (Allowance.granted, 20, 60)
    assert rules.kinds["special.summer"].season == Season(MonthDay(7, 1), MonthDay(9, 30))
    assert rules.schemes["full_time"].joining_days == (20, 18, 17, 15, 13, 12, 10, 8, 7, 5, 3, 2)
    assert {role for route in rules.routes().values() for role in route} <= {role.value for role in StepRole}
    assert all(source for source, _ in rules.sources.values())
    assert rules.sources.keys() == rules.kinds.keys()


def test_payroll_finds_the_kinds_that_its_layouts_name() -> None:
    named = {
        word.removeprefix("leave_days.")
        for name in list_layouts()
        for column in tomllib.loads((LAYOUTS / f"{name}.toml").read_text(encoding="utf-8")).get("columns", [])
        for word in column.get("sum", [])
        if word.startswith("leave_days.")
    }
    # 代休日 is a day of its own and no kind of leave.
    assert named - {"compensatory"} <= {pay_name(kind) for kind in shipped_leave_rules().kinds}


def test_the_shipped_file_fits_the_schema_that_it_names() -> None:
    first, *_ = TEXT.splitlines()
    assert json.loads((FILE.parent / first.removeprefix("#:schema ")).read_text(encoding="utf-8")) == SCHEMA
    Draft202012Validator(SCHEMA).validate(tomllib.loads(TEXT))


@pytest.mark.parametrize(
    ("before", "after", "field", "said"),
    [
        ('id = "annual"', 'id = "Annual"', "kind.0.id", "値が正しくありません / "),
        ('allowance = "granted"', 'allowance = "endless"', "kind.0.allowance", "次のいずれかにしてください / "),
        ('allowance = "granted"', 'allowance = "yearly"', "kind.0", "days: allowance が yearly か event"),
        ("year_start = 1", "year_start = 13", "kind.0.year_start", "12 以下にしてください / "),
        ("carry_days_max = 20", 'carry_days_max = "20"', "kind.0.carry_days_max", "整数にしてください / "),
        ("carry_days_max", "carry_days", "kind.0.carry_days", "この項目はありません。"),
        ('route = ["head"]', 'route = ["mayor"]', "kind.0.route.0", "次のいずれかにしてください / "),
        ('last = "09-30"', 'last = "09-31"', "kind.5.season.last", "09-31 は月日ではありません。"),
        ('last = "09-30"', 'last = "06-30"', "kind.5", "season: last は first 以後に"),
        ('id = "sick"', 'id = "annual"', "file", "kind: id annual が重なっています / "),
        ('kind = "annual"', 'kind = "sick"', "file", "scheme.kind: sick は付与する休暇ではありません / "),
        ("5, 3, 2]", "5, 3]", "scheme.0", "joining_days: 12か月分を書いてください / "),
        ("1 = [1, 2, 2, 2, 3, 3, 3]\n", "", "scheme.1", "service_days: 週1日から5日まで"),
    ],
)
def test_a_wrong_field_is_named(tmp_path: Path, before: str, after: str, field: str, said: str) -> None:
    assert before in TEXT
    told = faults(tmp_path, TEXT.replace(before, after, 1))
    assert told[field].startswith(said)
    assert " / " in told[field]


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    assert "not TOML" in faults(tmp_path, "kind = [")["file"]
    assert set(faults(tmp_path, "")) == {"scheme", "kind"}


@given(st.binary(max_size=300))
def test_no_bytes_bring_it_down(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "bytes.toml"
    file.write_bytes(data)
    with pytest.raises(ProfileFileError):
        read_leave_rules(file)
