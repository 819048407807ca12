"""A city's classes of information as a TOML file: every field with its bounds, each wrong one named by its path."""

import json
import tomllib
from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contract.profile_faults import ProfileFault, explain_fault
from domain.zones.information import Demand, Handling, InformationClass
from domain.zones.my_number import WORDS, find_my_numbers

BYTES_MAX = 128 * 1024
CLASSES_MAX = 60

Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]
ShortId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]


class InformationFileError(ValueError):
    """Classes that cannot be read; ``faults`` name each wrong field."""

    def __init__(self, faults: tuple[ProfileFault, ...]) -> None:
        super().__init__("\n".join(f"{fault.field}: {fault.expected}" for fault in faults))
        self.faults = faults


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ClassField(_Strict):
    """分類 · A class: which tiers it may lie in, and what is asked for before something is done with it."""

    id: ShortId
    scheme: Name
    name: Name
    name_en: Name
    rank: Annotated[int, Field(ge=1, le=9)]
    """1 is the most confidential of its scheme."""
    tiers: Annotated[frozenset[ShortId], Field(max_length=50)]
    demands: dict[Handling, Demand] = {}
    """移動 move · 持出し take_out · 廃棄 dispose → free, approval, two_approvals; what is not said is forbidden."""
    same_as: Annotated[frozenset[ShortId], Field(max_length=20)] = frozenset()
    valid_from: date | None = None
    valid_until: date | None = None


class InformationFile(_Strict):
    """The whole file."""

    classes: Annotated[tuple[ClassField, ...], Field(min_length=1, max_length=CLASSES_MAX)]


def read_information_toml(data: bytes) -> tuple[InformationClass, ...]:
    """Give the classes of a TOML file, in its order.

    Raises:
        InformationFileError: it is too large, no TOML, a field is wrong, or it has a 個人番号 or one id twice.
    """
    if len(data) > BYTES_MAX:
        raise _refused(f"大きすぎます / larger than {BYTES_MAX // 1024} KiB")
    try:
        text = data.decode()
        plain = json.dumps(tomllib.loads(text), ensure_ascii=False, default=str)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise _refused(f"TOML として読めません / not TOML: {error}") from None
    if find_my_numbers(text):
        raise _refused(WORDS)
    try:
        file = InformationFile.model_validate_json(plain)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        raise InformationFileError(tuple(explain_fault(each) for each in faults)) from None
    ids = [each.id for each in file.classes]
    if twice := sorted({each for each in ids if ids.count(each) > 1}):
        raise _refused(f"同じ id が二つあります / the id stands twice: {', '.join(twice)}")
    return tuple(_make(each) for each in file.classes)


def write_information_toml(classes: Iterable[InformationClass]) -> str:
    """Give classes as :func:`read_information_toml` reads them."""
    return "\n".join(_write(each) for each in classes)


def _write(kept: InformationClass) -> str:
    lines = ["[[classes]]"]
    texts = {"id": kept.id, "scheme": kept.scheme, "name": kept.name, "name_en": kept.name_en}
    lines += [f"{name} = {json.dumps(text, ensure_ascii=False)}" for name, text in texts.items()]
    lines.append(f"rank = {kept.rank}")
    lines.append(f"tiers = {json.dumps(sorted(kept.tiers))}")
    demands = ", ".join(f'{handling} = "{demand}"' for handling, demand in kept.demands)
    lines.append(f"demands = {{{demands}}}")
    if kept.same_as:
        lines.append(f"same_as = {json.dumps(sorted(kept.same_as))}")
    days = {"valid_from": kept.valid_from, "valid_until": kept.valid_until}
    lines += [f"{name} = {on.isoformat()}" for name, on in days.items() if on is not None]
    return "\n".join(lines) + "\n"


def _make(said: ClassField) -> InformationClass:
    demands = tuple((handling, said.demands[handling]) for handling in Handling if handling in said.demands)
    head = (said.id, said.scheme, said.name, said.name_en, said.rank)
    return InformationClass(*head, said.tiers, demands, said.same_as, said.valid_from, said.valid_until)


def _refused(expected: str) -> InformationFileError:
    return InformationFileError((ProfileFault("file", expected),))
