"""``sekisho access``: ask the access rules a question from outside, without a database."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from sekisho.access_answers import answer_events
from sekisho.access_cases import CaseFile, ScenarioFile
from sekisho.access_names import require_sense
from sekisho.case_files import CaseFileError, check_case_file, read_case_file

app = typer.Typer(no_args_is_help=True)


@app.callback()
def access() -> None:
    """入退室の規則を試す · Ask the access rules a question."""


@app.command()
def evaluate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="事例ファイル · the case file (YAML or JSON)")],
) -> None:
    """事例に規則を当てる · Say what the rules make of each tap; JSON on standard output."""
    try:
        told = _answer(read_case_file(file))
    except CaseFileError as error:
        print(f"{file.name}: {error}", file=sys.stderr)
        raise typer.Exit(2) from None
    json.dump(told, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def _answer(data: Any) -> list[dict[str, Any]]:
    """Answer one scenario by the list of its answers, several by one object each."""
    if not (isinstance(data, dict) and "cases" in data):
        scenario = check_case_file(data, ScenarioFile)
        require_sense(scenario)
        return answer_events(scenario)
    cases = check_case_file(data, CaseFile).cases
    for index, case in enumerate(cases):
        require_sense(case, ("cases", index))
    return [{"id": case.id, "events": answer_events(case)} for case in cases]
