"""Sign out: the session ends on the server, so that a copied cookie is worth nothing."""

from gateway.operations.identity.session_tokens import hash_token
from store.sessions import delete_session
from store.tx import Tx


def sign_out(tx: Tx, cookie: str) -> None:
    """End the cookie's session; one that has ended already is a normal result."""
    delete_session(tx, hash_token(cookie))
