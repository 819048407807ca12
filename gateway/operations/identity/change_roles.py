"""Change an account's roles: its sessions end in the same transaction."""

from collections.abc import Iterable

from gateway.operations.identity.roles import Role
from store.accounts import save_roles
from store.tx import Tx


def change_roles(tx: Tx, login: str, roles: Iterable[Role]) -> None:
    """Give the account exactly these roles; none at all leaves an account that may do nothing."""
    save_roles(tx, login, tuple(sorted({Role(role) for role in roles})))
