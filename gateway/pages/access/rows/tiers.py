"""Rows of the section ネットワーク, tab by tab: who may use which tier, by which rules, and what moves."""

from gateway.pages.access.rights import Right, Rows

ROWS: Rows = {
    ("GET", "/tier-rules"): frozenset({Right.read_tiers}),
}
