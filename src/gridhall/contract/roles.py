"""How high a person stands, in an organization or in one workspace."""

from enum import IntEnum


class Role(IntEnum):
    """Ordered: a higher one may do what a lower one may. Source: the platform's page on roles."""

    GUEST = 0
    MEMBER = 1
    ADMIN = 2
    OWNER = 3
    PRIMARY_OWNER = 4


BY_NAME: dict[str, Role] = {role.name.lower(): role for role in Role}
