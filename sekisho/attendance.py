"""``sekisho attendance``: ask the attendance rules a question from outside, without a database."""

import json
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from domain.attendance.month import derive_month
from domain.attendance.plan import ImpossiblePlanError
from domain.attendance.profile import PROFILES, SOURCES
from domain.attendance.shift import Shift
from domain.civil import format_clock
from sekisho.attendance_answers import answer
from sekisho.attendance_cases import Case, CaseFile, ProfileField
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
def profiles() -> None:
    """規則の型を一覧する · List the shipped profiles, each field with its source."""
    _print(
        [
            {
                "name": profile.name,
                "title": profile.title,
                "fields": [
                    {"field": name, "value": _plain(getattr(profile, name)), "source": source}
                    for name, source in SOURCES.items()
                ],
            }
            for profile in PROFILES.values()
        ]
    )


@app.command()
def diff(
    a: Annotated[str, typer.Argument(help="型 · a profile")],
    b: Annotated[str, typer.Argument(help="型 · another profile")],
    file: CaseArgument,
) -> None:
    """二つの型の違いを示す · Show what changes in each case between two profiles; overrides in the file stay."""
    for name in (a, b):
        if name not in PROFILES:
            _refuse(file, CaseFileError("profile", f"{name!r} はありません / expected one of {', '.join(PROFILES)}"))
    try:
        cases = load_case_file(file, CaseFile).cases
        told = []
        for index, case in enumerate(cases):
            one, other = (_answer(index, _with_base(case, name), why=False) for name in (a, b))
            changes = [{"path": path, a: left, b: right} for path, left, right in _changes("", one, other)]
            told.append({"id": case.id, "changes": changes})
    except CaseFileError as error:
        _refuse(file, error)
    _print(told)


def _answer(index: int, case: Case, *, why: bool) -> dict[str, Any]:
    try:
        facts = case.facts()
        return answer(facts, derive_month(facts), why=why)
    except ImpossiblePlanError as error:
        where = field_path(("cases", index, *error.path))
        raise CaseFileError(where, f"計画に合いません / does not fit the plan; expected {error.expected}") from None


def _with_base(case: Case, name: str) -> Case:
    overrides = case.profile.model_dump(include=case.profile.model_fields_set)
    profile = ProfileField.model_construct(_fields_set=case.profile.model_fields_set, **{**overrides, "base": name})
    return case.model_copy(update={"profile": profile})


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
        hours = value.hours
        return (
            value.kind.value
            if hours is None
            else f"{format_clock(hours.starts_minute)}-{format_clock(hours.ends_minute)}"
        )
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return dict(value) if hasattr(value, "items") else value


def _print(told: Any) -> None:
    json.dump(told, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def _refuse(file: Path, error: CaseFileError) -> NoReturn:
    print(f"{file.name}: {error}", file=sys.stderr)
    raise typer.Exit(2)
