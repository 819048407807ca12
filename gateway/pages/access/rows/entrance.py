"""Rows of what stands outside every section: signing in, the language, the live channel, messages."""

from gateway.pages.access.rights import Right, Rows

ROWS: Rows = {
    ("GET", "/sign-in"): frozenset({Right.anyone}),
    ("POST", "/sign-in"): frozenset({Right.anyone}),
    ("POST", "/language"): frozenset({Right.anyone}),
    ("POST", "/sign-out"): frozenset({Right.signed_in}),
    ("GET", "/password"): frozenset({Right.signed_in}),
    ("POST", "/password"): frozenset({Right.signed_in}),
    ("GET", "/live"): frozenset({Right.signed_in}),
    ("GET", "/messages"): frozenset({Right.signed_in}),
    ("GET", "/messages/{message_id}"): frozenset({Right.signed_in}),
    ("POST", "/messages"): frozenset({Right.signed_in}),
    ("GET", "/messages/addresses"): frozenset({Right.signed_in}),
    ("POST", "/messages/addresses/{way}"): frozenset({Right.signed_in}),
    ("POST", "/messages/addresses/{way}/remove"): frozenset({Right.signed_in}),
    ("POST", "/attendance/ahead"): frozenset({Right.ask}),
}
