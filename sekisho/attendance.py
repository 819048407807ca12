"""``sekisho attendance``: ask the attendance rules a question from outside, without a database."""

import json
import sys
from collections.abc import Iterator
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from contract.attendance_profile import GroundedProfile, find_profile, read_profile, shipped_profiles
from contract.profile_faults import ProfileFileError
from domain.attendance.month import derive_month
from domain.attendance.plan import ImpossiblePlanError
from domain.attendance.profile import Profile
from domain.attendance.shift import Shift
from domain.attendance.shift_text import format_hours
from sekisho.attendance_answers import answer
from sekisho.attendance_cases import Case, CaseFile
from sekisho.case_files import CaseFileError, field_path, load_case_file

app = typer.Typer(no_args_is_help=True)

CaseArgument = Annotated[Path, typer.Argument(metavar="FILE", help="事例ファイル · the case file (YAML or JSON)")]
WhyOption = Annotated[bool, typer.Option("--why", help="一分ごとの根拠 · add each day's minute ledger")]


@app.command()
def evaluate(file: CaseArgument, why: WhyOption = False) -> None:
    """事例に規則を当てる · Say what the rules make of each case; JSON on standard output."""
    try:
        cases = load_case_file(file, CaseFile).cases
        answers = [_answer(index, case, why=why) for index, case in enumerate(cases)]
    except CaseFileError as error:
        _refuse(file, error)
    _print(answers)


@app.command()
def profiles(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="市の規則のファイル · a city's own profiles (TOML)")
    ] = None,
) -> None:
    """規則の型を一覧する · List the shipped profiles, or check and list a city's own; each field with its source."""
    try:
        listed = [read_profile(file) for file in files] if files else list(shipped_profiles().values())
    except ProfileFileError as error:
        _refuse_profile(error)
    _print([_listed(each) for each in listed])


@app.command()
def diff(
    a: Annotated[str, typer.Argument(help="型の名前かファイル · a profile's name or file")],
    b: Annotated[str, typer.Argument(help="型の名前かファイル · another profile's name or file")],
    file: CaseArgument,
) -> None:
    """二つの型の違いを示す · Show what changes in each case between two profiles; overrides in the file stay."""
    try:
        left, right = (find_profile(named, Path()).profile for named in (a, b))
    except ProfileFileError as error:
        _refuse_profile(error)
    try:
        cases = load_case_file(file, CaseFile).cases
        told = []
        for index, case in enumerate(cases):
            one, other = (_answer(index, case, why=False, base=base) for base in (left, right))
            changes = [{"path": path, a: before, b: after} for path, before, after in _changes("", one, other)]
            told.append({"id": case.id, "changes": changes})
    except CaseFileError as error:
        _refuse(file, error)
    _print(told)


def _listed(grounded: GroundedProfile) -> dict[str, Any]:
    profile = grounded.profile
    fields = [
        {"field": name, "value": _plain(getattr(profile, name)), "source": ground.source}
        for name, ground in grounded.grounds.items()
    ]
    return {"name": profile.name, "title": profile.title, "fields": fields}


def _answer(index: int, case: Case, *, why: bool, base: Profile | None = None) -> dict[str, Any]:
    try:
        facts = case.facts(base)
        return answer(facts, derive_month(facts), why=why)
    except ImpossiblePlanError as error:
        where = field_path(("cases", index, *error.path))
        raise CaseFileError(where, f"計画に合いません / does not fit the plan; expected {error.expected}") from None


def _changes(path: str, one: Any, other: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            yield from _changes(f"{path}.{key}".removeprefix("."), one.get(key), other.get(key))
    elif one != other:
        yield path, one, other


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Shift):
        return value.kind.value if value.hours is None else format_hours(value.hours)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return dict(value) if hasattr(value, "items") else value


def _print(told: Any) -> None:
    json.dump(told, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def _refuse(file: Path, error: CaseFileError) -> NoReturn:
    print(f"{file.name}: {error}", file=sys.stderr)
    raise typer.Exit(2)


def _refuse_profile(error: ProfileFileError) -> NoReturn:
    print(error, file=sys.stderr)
    raise typer.Exit(2)
