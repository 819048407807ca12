"""Case files: YAML 1.2 or JSON in, checked whole, refused with the path of the field that is wrong.

YAML's older habits would guess: ``on`` becomes true, ``17:15`` becomes 1035, a date becomes an object. Here only
``true``, ``false``, ``null`` and plain numbers are anything but text, and a key said twice is an error.
"""

import json
import re
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ValidationError

BYTES_MAX = 32 * 1024 * 1024
DEPTH_MAX = 50
"""Deeper nesting is no case file; the parser would overrun its stack on far deeper ones."""

_JAPANESE = {
    "missing": "必須の項目がありません",
    "extra_forbidden": "この項目はありません。綴りを確かめてください",
    "string_type": "文字列にしてください",
    "int_type": "整数にしてください",
    "bool_type": "true か false にしてください",
    "list_type": "一覧にしてください",
    "dict_type": "項目の組にしてください",
    "model_type": "項目の組にしてください",
    "model_attributes_type": "項目の組にしてください",
    "literal_error": "次のいずれかにしてください",
    "enum": "次のいずれかにしてください",
}

Model = TypeVar("Model", bound=BaseModel)
FieldPath = tuple[str | int, ...]


class CaseFileError(Exception):
    """A malformed case file: ``field`` is the path (``cases[0].taps[1].at``), the text says what was expected."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(f"{field}: {expected}")
        self.field = field
        self.expected = expected


def _given(value: Any) -> Any:
    if value is None:
        raise ValueError("expected a value; leave the field out instead of null")
    return value


Given = BeforeValidator(_given)
"""Optional means that the field may be left out, never that it may be null."""


def load_case_file(path: Path, model: type[Model]) -> Model:
    """Read and check a file.

    Raises:
        CaseFileError: it cannot be read, is not YAML, or a field is wrong; the first wrong field is named.
    """
    return check_case_file(read_case_file(path), model)


def check_case_file(data: Any, model: type[Model]) -> Model:
    """Check what was read.

    Raises:
        CaseFileError: a field is wrong; the first one is named.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        japanese = _JAPANESE.get(first["type"], "値が正しくありません")
        raise CaseFileError(field_path(first["loc"]), f"{japanese} / {first['msg']}") from None


def field_path(location: FieldPath) -> str:
    """Write a field's path: ``("cases", 0, "taps", 1, "at")`` is ``cases[0].taps[1].at``."""
    parts = [part for part in location if part != "[key]"]
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return text.removeprefix(".") or "file"


def read_case_file(path: Path) -> Any:
    """Read a file as plain values.

    Raises:
        CaseFileError: it cannot be read or is not YAML.
    """
    try:
        if path.stat().st_size > BYTES_MAX:
            raise CaseFileError("file", f"大きすぎます / larger than {BYTES_MAX // 1024 // 1024} MiB")
        text = path.read_text(encoding="utf-8-sig")
        return _parse_json(text) if text.lstrip().startswith(("{", "[")) else _parse_yaml(text)
    except (OSError, UnicodeDecodeError) as error:
        raise CaseFileError("file", f"読めません / cannot be read as UTF-8: {error}") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise CaseFileError(f"file:{line}", f"YAML ではありません / not YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise CaseFileError("file", f"YAML ではありません / not YAML: {error}") from None


def _parse_json(text: str) -> Any:
    """Read JSON, some of which the YAML library does not know; what is no JSON, or says a key twice, is left to it."""
    try:
        told = json.loads(text, object_pairs_hook=_once_each)
        json.dumps(told, ensure_ascii=False).encode()  # half a character is none
    except (ValueError, RecursionError):
        return _parse_yaml(text)
    return told


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        raise ValueError("a key is said twice")
    return told


def _parse_yaml(text: str) -> Any:
    _require_flat(text)
    return yaml.load(text, Loader=_Loader)  # noqa: S506 (a SafeLoader)


def _require_flat(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEPTH_MAX:
            line = event.start_mark.line + 1 if event.start_mark else 0
            raise CaseFileError(f"file:{line}", "入れ子が深すぎます / nested too deeply")


class _Loader(yaml.CSafeLoader):
    """YAML by the rules of 1.2's core schema; resolvers are listed below the class."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 (PyYAML's own way of registering)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key is a plain word", key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} is said twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _construct_int(loader: _Loader, node: yaml.ScalarNode) -> int:
    return int(loader.construct_scalar(node))


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]{1,18}$"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?$"),
    list("-+.0123456789"),
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile(r"^<<$"), ["<"])
_Loader.add_constructor("tag:yaml.org,2002:int", _construct_int)
