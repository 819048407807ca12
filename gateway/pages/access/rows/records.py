"""Rows of the section 記録: events, taps, reports, questions."""

from gateway.pages.access.rights import Right, Rows

ROWS: Rows = {
    ("GET", "/events"): frozenset({Right.event_log}),
    ("GET", "/events/file"): frozenset({Right.event_log}),
    ("GET", "/events/{device_id}/{epoch}/{seq}"): frozenset({Right.event_log}),
    ("POST", "/events/views"): frozenset({Right.own_views}),
    ("POST", "/events/views/remove"): frozenset({Right.own_views}),
    ("GET", "/reads"): frozenset({Right.read_log}),
    ("GET", "/reports"): frozenset({Right.event_log, Right.read_cards, Right.answer_reviews}),
    ("GET", "/reports/entries"): frozenset({Right.entry_report}),
    ("GET", "/reports/entries/file"): frozenset({Right.entry_report}),
    ("GET", "/reports/held"): frozenset({Right.event_log}),
    ("GET", "/reports/held/file"): frozenset({Right.event_log}),
    ("GET", "/reports/unused"): frozenset({Right.read_cards}),
    ("GET", "/reports/unused/file"): frozenset({Right.read_cards}),
    ("GET", "/reviews"): frozenset({Right.read_reviews, Right.answer_reviews}),
    ("POST", "/reviews"): frozenset({Right.open_reviews}),
    ("GET", "/reviews/{review_id}"): frozenset({Right.read_reviews, Right.answer_reviews}),
    ("POST", "/reviews/{review_id}/marks"): frozenset({Right.answer_reviews}),
    ("POST", "/reviews/{review_id}/sign"): frozenset({Right.answer_reviews}),
    ("GET", "/taps"): frozenset({Right.own_taps, Right.all_taps}),
    ("GET", "/taps/part"): frozenset({Right.own_taps, Right.all_taps}),
    ("GET", "/questions"): frozenset({Right.ask_rules}),
}
