"""Rules of the tiers as a file: read back to the same, each wrong field named."""

import json
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from contract.tier_rule_file import (
    BYTES_MAX,
    TierRuleFileError,
    load_rules,
    read_rule_toml,
    tier_rule_schema,
    write_rules,
)
from domain.zones.compile_rules import compile_rules
from domain.zones.facts import Facts
from domain.zones.rule import Rule, Saying, check_rules

EXAMPLE = Path(__file__).parents[2] / "firmware_configs/tiers/rules.toml"
TIERS = frozenset(("mynumber", "lgwan", "internet"))
GIVEN = """
[[rules]]
code = "a"
tiers = ["lgwan"]
expression = "employed"
ja = "あ"
en = "a"
do_ja = "い"
do_en = "b"
"""

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=40)
DAYS = st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1))
RULES = st.builds(
    Rule,
    st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True),
    st.builds(Saying, TEXTS, TEXTS, TEXTS, TEXTS),
    st.sampled_from(("employed", "not (visitor or on_leave)", "factor in ['card_pin']")),
    st.frozensets(st.sampled_from(sorted(TIERS)), min_size=1),
    st.just("ueda"),
    may_be_waived=st.booleans(),
    valid_from=DAYS,
    valid_until=DAYS,
)


@given(st.lists(RULES, min_size=1, max_size=5))
def test_a_draft_is_read_back_to_the_same(rules: list[Rule]) -> None:
    assert load_rules(write_rules(rules), by="ueda") == tuple(rules)


def test_the_example_is_whole_and_admits_nobody_unknown() -> None:
    rules, note = read_rule_toml(EXAMPLE.read_bytes(), by="ueda")
    assert note
    assert check_rules(rules, TIERS) == ()
    compiled = compile_rules(rules, date(2026, 4, 1))
    assert set(compiled.tiers) == TIERS
    for tier in TIERS:
        assert len(compiled.tiers[tier].judge(Facts(tier=tier))) > 8
    assert "room_mynumber" not in compiled.tiers["mynumber"].waivable
    schema = json.loads(tier_rule_schema()["tier_rules.schema.json"])
    plain = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(json.loads(json.dumps(plain, default=str)))


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", "rules"),
        ("rules = 1", "rules"),
        (GIVEN.replace('code = "a"', 'code = "A b"'), "rules.0.code"),
        (GIVEN.replace('["lgwan"]', "[]"), "rules.0.tiers"),
        (GIVEN.replace('en = "a"', ""), "rules.0.en"),
        (GIVEN + 'when = "now"', "rules.0.when"),
        (GIVEN + 'valid_from = "x"', "rules.0.valid_from"),
        (GIVEN + 'may_be_waived = "yes"', "rules.0.may_be_waived"),
        ("[[rules", "file"),
        ("#" * (BYTES_MAX + 1), "file"),
    ],
    ids=["empty", "no-list", "code", "no-tier", "missing", "strange", "day", "truth", "no-toml", "large"],
)
def test_wrong_files_are_refused_by_field(text: str, field: str) -> None:
    with pytest.raises(TierRuleFileError) as caught:
        read_rule_toml(text.encode(), by="ueda")
    assert field in [fault.field for fault in caught.value.faults]
