"""A city's rules of its network tiers as a TOML file: every field with its bounds, each wrong one named by its path.

A draft of rules is kept in the same form. Whether expressions can be read and tiers are there is asked elsewhere
(``domain.zones.rule.check_rules``); who wrote a rule is no part of the file.
"""

import json
import tomllib
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contract.profile_faults import ProfileFault, explain_fault
from domain.zones.grammar import LENGTH_MAX
from domain.zones.my_number import WORDS, find_my_numbers
from domain.zones.rule import TEXT_MAX, Rule, RuleSet, Saying

BYTES_MAX = 256 * 1024
RULES_MAX = 200
CODE_PATTERN = r"^[a-z][a-z0-9_]{0,31}$"
_SAYING = ("ja", "en", "do_ja", "do_en")

Text = Annotated[str, Field(min_length=1, max_length=TEXT_MAX, pattern=r"^[^\x00-\x1f\x7f]*$")]
TierName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]


class TierRuleFileError(ValueError):
    """Rules that cannot be read; ``faults`` name each wrong field."""

    def __init__(self, faults: tuple[ProfileFault, ...]) -> None:
        super().__init__("\n".join(f"{fault.field}: {fault.expected}" for fault in faults))
        self.faults = faults


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class RuleField(_Strict):
    """規則 · A rule: what must hold, what is said when it does not, and what to do about it."""

    code: Annotated[str, Field(pattern=CODE_PATTERN)]
    tiers: Annotated[frozenset[TierName], Field(min_length=1, max_length=50)]
    expression: Annotated[str, Field(min_length=1, max_length=LENGTH_MAX)]
    ja: Text
    en: Text
    do_ja: Text
    do_en: Text
    may_be_waived: bool = False
    """二人の承認で外せる · Two persons may set it aside for somebody for a time."""
    valid_from: date | None = None
    valid_until: date | None = None


class TierRuleFile(_Strict):
    """The whole file."""

    note: Annotated[str, Field(max_length=TEXT_MAX)] = ""
    rules: Annotated[tuple[RuleField, ...], Field(min_length=1, max_length=RULES_MAX)]


def read_rule_toml(data: bytes, *, by: str) -> tuple[RuleSet, str]:
    """Give the rules of a TOML file, as somebody wrote them, and its note.

    Raises:
        TierRuleFileError: it is too large, no TOML, or a field is wrong.
    """
    if len(data) > BYTES_MAX:
        raise TierRuleFileError((ProfileFault("file", f"大きすぎます / larger than {BYTES_MAX // 1024} KiB"),))
    try:
        text = data.decode()
        plain = json.dumps(tomllib.loads(text), ensure_ascii=False, default=str)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise TierRuleFileError((ProfileFault("file", f"TOML として読めません / not TOML: {error}"),)) from None
    if find_my_numbers(text):
        raise TierRuleFileError((ProfileFault("file", WORDS),))
    file = _parse(plain.encode())
    return _make(file, by), file.note


def write_rules(rules: Iterable[Rule]) -> str:
    """Give a draft as it is stored, without who wrote what."""
    plain = [
        {
            "code": rule.code,
            "tiers": sorted(rule.tiers),
            "expression": rule.expression,
            **{name: getattr(rule.saying, name) for name in _SAYING},
            "may_be_waived": rule.may_be_waived,
            "valid_from": None if rule.valid_from is None else rule.valid_from.isoformat(),
            "valid_until": None if rule.valid_until is None else rule.valid_until.isoformat(),
        }
        for rule in rules
    ]
    return json.dumps({"rules": plain}, ensure_ascii=False)


def load_rules(content: str, *, by: str) -> RuleSet:
    """Give a stored draft's rules, as somebody wrote them.

    Raises:
        TierRuleFileError: it is none of :func:`write_rules`.
    """
    return _make(_parse(content.encode()), by)


def tier_rule_schema() -> dict[str, str]:
    """Give the JSON Schema that editors complete a file of rules with, by its file's name."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **TierRuleFile.model_json_schema()}
    return {"tier_rules.schema.json": json.dumps(schema, indent=2, ensure_ascii=False, default=sorted) + "\n"}


def _parse(content: bytes) -> TierRuleFile:
    try:
        return TierRuleFile.model_validate_json(content)
    except ValidationError as error:
        faults: list[Any] = error.errors(include_url=False, include_input=False)
        raise TierRuleFileError(tuple(explain_fault(fault) for fault in faults)) from None


def _make(file: TierRuleFile, by: str) -> RuleSet:
    return tuple(
        Rule(
            each.code,
            Saying(each.ja, each.en, each.do_ja, each.do_en),
            each.expression,
            each.tiers,
            by,
            may_be_waived=each.may_be_waived,
            valid_from=each.valid_from,
            valid_until=each.valid_until,
        )
        for each in file.rules
    )
