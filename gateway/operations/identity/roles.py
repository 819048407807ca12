"""The roles an account can have. What each may do stands in ``gateway.pages.access.roles``."""

from enum import StrEnum


class Role(StrEnum):
    """One duty in the building; an account may have several."""

    employee = "employee"
    head = "head"  # 所属長
    hr = "hr"
    facility_admin = "facility_admin"
    operator = "operator"
    auditor = "auditor"
    facility_desk = "facility_desk"  # 窓口委託: only in the facilities of its duties
    security = "security"  # 情報セキュリティ管理者: the network tiers and what crosses them


def read_roles(words: tuple[str, ...]) -> frozenset[Role]:
    """Give the roles that this version knows; a word it does not know gives no right."""
    return frozenset(Role(word) for word in words if word in Role.__members__)
