"""Create an account; there is no default one anywhere."""

from collections.abc import Iterable

from domain.ids import is_id
from gateway.operations.identity.roles import Role
from store.accounts import insert_account, load_account
from store.tx import Tx


class AccountError(Exception):
    """An account cannot be made as asked; the text says why, Japanese first."""


def create_account(
    tx: Tx, login: str, *, password_hash: str, roles: Iterable[Role], person_id: str | None = None
) -> None:
    """Add an account with at least one role. ``password_hash`` comes from ``passwords.hash_password``.

    Raises:
        AccountError: the login is malformed or taken, or no role was given.
    """
    given = tuple(sorted({Role(role) for role in roles}))
    if not is_id(login):
        raise AccountError(
            f"ログイン名 {login!r} は使えません / login: expected a-z, 0-9, - and _, at most 63 characters"
        )
    if not given:
        raise AccountError(f"{login}: 役割を一つ以上与えてください / roles: expected at least one")
    if load_account(tx, login) is not None:
        raise AccountError(f"ログイン名 {login} はもう使われています / login {login} is taken")
    insert_account(tx, login, person_id=person_id, password_hash=password_hash, roles=given)
