"""Reading a profile's file and saying, field by field, what is wrong with it: Japanese first, English beside it."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

BYTES_MAX = 256 * 1024

_JAPANESE = {
    "missing": "必須の項目がありません",
    "extra_forbidden": "この項目はありません。綴りを確かめてください",
    "string_type": "文字列にしてください",
    "int_type": "整数にしてください",
    "bool_type": "true か false にしてください",
    "dict_type": "項目の組にしてください",
    "list_type": "一覧にしてください",
    "literal_error": "次のいずれかにしてください",
    "enum": "次のいずれかにしてください",
    "greater_than": "{gt} より大きくしてください",
    "greater_than_equal": "{ge} 以上にしてください",
    "less_than": "{lt} 未満にしてください",
    "less_than_equal": "{le} 以下にしてください",
}

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class ProfileFault:
    """One wrong field: its path (``rates.value.weekday_day``) and what was expected."""

    field: str
    expected: str


class ProfileFileError(ValueError):
    """A profile's file that cannot be used; ``faults`` are all of them, the text has a line for each."""

    def __init__(self, path: Path, faults: tuple[ProfileFault, ...]) -> None:
        super().__init__("\n".join(f"{path.name}: {fault.field}: {fault.expected}" for fault in faults))
        self.path = path
        self.faults = faults


def parse_profile(path: Path, model: type[Model]) -> Model:
    """Read a TOML file into a model.

    Raises:
        ProfileFileError: it cannot be read, is not TOML, or fields are wrong.
    """
    try:
        with path.open("rb") as file:
            content = file.read(BYTES_MAX + 1)
        if len(content) > BYTES_MAX:
            raise _file_error(path, f"大きすぎます / larger than {BYTES_MAX // 1024} KiB")
        return model.model_validate(tomllib.loads(content.decode()))
    except OSError as error:
        raise _file_error(path, f"読めません / cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise _file_error(path, "UTF-8 ではありません / not UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _file_error(path, f"TOML として読めません / not TOML: {error}") from None
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        raise ProfileFileError(path, tuple(explain_fault(fault) for fault in faults)) from None


def explain_fault(fault: Any) -> ProfileFault:
    """Say of a fault that pydantic found which field is wrong and what was expected."""
    where = ".".join(str(part) for part in fault["loc"] if not str(part).startswith(("constrained-", "literal[")))
    if fault["type"] == "model_type":
        return ProfileFault(where, "項目の組にしてください / expected a table with the fields of the schema")
    said = fault["msg"].removeprefix("Value error, ")
    japanese = _JAPANESE.get(fault["type"], "値が正しくありません").format(**fault.get("ctx", {}))
    bilingual = said if " / " in said else f"{japanese} / {said}"
    return ProfileFault(where or "file", bilingual)


def _file_error(path: Path, expected: str) -> ProfileFileError:
    return ProfileFileError(path, (ProfileFault("file", expected),))
