"""Differences as values: applied to what stands they give what the file says; nothing is told twice or left out."""

from hypothesis import given
from hypothesis import strategies as st

from sync.hr.differences import Differences, compare

FIELDS = st.fixed_dictionaries({"name": st.sampled_from("abc"), "post": st.sampled_from("xyz")})
STANDING = st.dictionaries(st.sampled_from([f"s{n}" for n in range(8)]), FIELDS, max_size=8)


@given(STANDING, STANDING)
def test_what_stands_and_the_differences_give_what_the_file_says(
    before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]
) -> None:
    found = compare(before, after, whole=True)
    result = {key: dict(fields) for key, fields in before.items() if key not in found.left}
    for each in found.changed:
        assert result[each.key][each.field] == each.before != each.after
        result[each.key][each.field] = each.after
    result |= {key: after[key] for key in found.added}
    assert result == after
    assert len(before) == found.changed_keys + len(found.left) + found.unchanged
    assert found.is_empty == (before == after)
    assert 0 <= found.percent <= 100


@given(STANDING, STANDING)
def test_a_file_of_some_takes_nobody_away(before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]) -> None:
    assert compare(before, after, whole=False).left == ()
    assert compare(before, before, whole=True).is_empty


def test_the_share_is_rounded_up_and_adding_takes_nothing() -> None:
    before = {f"s{n}": {"name": "a"} for n in range(3)}
    assert compare(before, {**before, "s0": {"name": "b"}}, whole=True).percent == 34
    assert compare(before, {**before, "new": {"name": "b"}}, whole=True).percent == 0
    assert compare({}, before, whole=True).percent == 0
    assert Differences(unchanged=9, extra_percent=50).percent == 50
