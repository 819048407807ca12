"""Rows of the section ネットワーク, tab by tab: who may use which tier, by which rules, and what moves."""

from gateway.pages.access.rights import Right, Rows

ROWS: Rows = {
    ("GET", "/tiers"): frozenset({Right.read_tiers}),
    ("GET", "/tiers/part"): frozenset({Right.read_tiers}),
    ("GET", "/tiers/people/{person_id}"): frozenset({Right.read_tiers}),
    ("GET", "/tiers/people/{person_id}/part"): frozenset({Right.read_tiers}),
    ("GET", "/tiers/sessions"): frozenset({Right.read_tiers}),
    ("GET", "/tiers/sessions/{session_id}"): frozenset({Right.read_tiers}),
    ("POST", "/tiers/sessions/{session_id}/end"): frozenset({Right.cut_sessions}),
    ("POST", "/tiers/sessions/{session_id}/shut"): frozenset({Right.cut_sessions}),
    ("GET", "/network"): frozenset({Right.own_network}),
    ("GET", "/network/part"): frozenset({Right.own_network}),
    ("GET", "/tier-rules"): frozenset({Right.read_tiers}),
}
