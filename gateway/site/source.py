"""A site's YAML with its line numbers, so that an error can say where, and in words an operator can act on."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from domain.zones.my_number import WORDS, find_my_numbers
from gateway.site.consistency import INCONSISTENT
from gateway.site.findings import FieldPath

_JAPANESE = {
    "missing": "必須の項目がありません",
    "extra_forbidden": "この項目はありません。綴りを確かめてください",
    "string_type": "文字列にしてください（07:30 などは引用符で囲みます）",
    "string_pattern_mismatch": "形が違います",
    "string_too_short": "空にはできません",
    "int_type": "整数にしてください",
    "float_type": "数にしてください",
    "bool_type": "true か false にしてください",
    "enum": "次のいずれかにしてください",
    "literal_error": "次のいずれかにしてください",
    "tuple_type": "一覧（- で始まる行）にしてください",
    "too_short": "1つ以上書いてください",
    "greater_than_equal": "小さすぎます",
    "less_than_equal": "大きすぎます",
}

_BOOL = "tag:yaml.org,2002:bool"


@dataclass(frozen=True, slots=True)
class Problem:
    """One field that is wrong: its path (``access_points[2].door``), its line (0: unknown) and what was expected."""

    field: str
    line: int
    expected: str


class SiteError(Exception):
    """A site's file that cannot be used; ``problems`` names each field, and the text shows all of them."""

    def __init__(self, path: Path, problems: tuple[Problem, ...]) -> None:
        lines = [f"{path.name}:{problem.line}: {problem.field}: {problem.expected}" for problem in problems]
        super().__init__("\n".join(lines))
        self.path = path
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Source:
    """The file's content as plain data, and the parsed nodes that know their lines."""

    data: Any
    root: yaml.Node | None

    def as_json(self) -> str:
        """Give the content as JSON text: strict checking of JSON is stricter than of Python values."""
        return json.dumps(self.data, default=str)

    def line_of(self, field: FieldPath) -> int:
        """Give the 1-based line of a field, or of the nearest thing around it that exists."""
        node, line = self.root, 1 if self.root else 0
        for part in field:
            node = _child(node, part)
            if node is None:
                break
            line = node.start_mark.line + 1
        return line


def read_source(path: Path) -> Source:
    """Read a YAML file.

    Raises:
        SiteError: the file cannot be read, is not YAML, or says one key twice.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SiteError(path, (Problem("file", 0, f"読めません / cannot be read: {error}"),)) from error
    return parse_source(text, path)


def parse_source(text: str, path: Path, *, is_strange: bool = False) -> Source:
    """Take in YAML that has been read already; ``path`` is what errors call it.

    What ``is_strange`` came over a network: it may not refer to parts of itself, which could make little text huge.

    Raises:
        SiteError: it is not YAML, says one key twice, or holds what may be a 個人番号.
    """
    lines = enumerate(text.splitlines(), start=1)
    if found := tuple(Problem("yaml", number, WORDS) for number, line in lines if find_my_numbers(line)):
        raise SiteError(path, found)
    try:
        if is_strange and any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_Loader)):
            raise SiteError(path, (Problem("yaml", 0, "& と * は使えません / & and * are not taken here"),))
        root = yaml.compose(text, Loader=_Loader)
        return Source(yaml.load(text, Loader=_Loader), root)  # noqa: S506 (_Loader is a SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise SiteError(path, (Problem("yaml", line, f"YAML ではありません / not YAML: {error.problem}"),)) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise SiteError(path, (Problem("yaml", 0, "YAML として読めません / cannot be read as YAML"),)) from error


def explain(error: ValidationError, source: Source) -> tuple[Problem, ...]:
    """Turn pydantic's findings into problems that name field, line and what was expected."""
    problems = []
    for found in error.errors(include_url=False, include_input=False):
        if found["type"] == INCONSISTENT:
            problems += [_problem(field, ja, en, source) for field, ja, en in found["ctx"]["found"]]
        else:
            japanese = _JAPANESE.get(found["type"], "値が違います")
            problems.append(_problem(found["loc"], japanese, found["msg"], source))
    return tuple(problems)


def _problem(field: FieldPath, japanese: str, english: str, source: Source) -> Problem:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in field).lstrip(".")
    return Problem(text or "site", source.line_of(field), f"{japanese} / {english}")


def _child(node: yaml.Node | None, part: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part]  # type: ignore[no-any-return]
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return value  # type: ignore[no-any-return]
    return None


class _Loader(yaml.SafeLoader):
    """YAML as PyYAML's safe loader reads it, except that a key said twice is an error and not the last one's value.

    ``on`` and ``off`` are words, as in YAML 1.2 and for editors, and not ``true`` and ``false``.
    """

    yaml_implicit_resolvers: dict[str, Any] = {  # noqa: RUF012 (PyYAML's own way of registering)
        first: [(tag, pattern) for tag, pattern in resolvers if tag != _BOOL]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} is said twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_Loader.add_implicit_resolver(_BOOL, re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
