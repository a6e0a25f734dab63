"""The methods, one module a family, at the family's own dotted path."""

from types import ModuleType

from gridhall.methods import api, auth, bots, team, users
from gridhall.methods.auth import teams as auth_teams
from gridhall.methods.users import conversations, identity, photo, presence, profile

MODULES: tuple[ModuleType, ...] = (api, auth, auth_teams, bots, team, users, conversations, identity, photo, presence, profile)
