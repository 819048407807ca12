"""Rows of the section 体験: the stage, where cards are tapped for show."""

from gateway.pages.access.rights import Right, Rows

ROWS: Rows = {
    ("GET", "/stage"): frozenset({Right.stage}),
    ("GET", "/stage/part"): frozenset({Right.stage}),
    ("POST", "/stage/taps"): frozenset({Right.stage}),
}
