"""The methods, one module a family, at the family's own dotted path."""

from types import ModuleType

from gridhall.methods import api, auth, bots, chat, conversations, pins, reactions, team, users
from gridhall.methods.admin import conversations as admin_conversations
from gridhall.methods.admin.users import session
from gridhall.methods.auth import teams as auth_teams
from gridhall.methods.chat import changes, ephemeral, permalinks, scheduled, streams, unfurl
from gridhall.methods.conversations import direct, history, info, membership
from gridhall.methods.oversight import chat as oversight_chat
from gridhall.methods.oversight import conversations as oversight_conversations
from gridhall.methods.oversight import enterprise as oversight_enterprise
from gridhall.methods.oversight import user as oversight_user
from gridhall.methods.oversight import users as oversight_users
from gridhall.methods.users import conversations as users_conversations
from gridhall.methods.users import identity, photo, presence, profile

MODULES: tuple[ModuleType, ...] = (
    admin_conversations,
    session,
    api,
    auth,
    auth_teams,
    bots,
    chat,
    changes,
    ephemeral,
    permalinks,
    scheduled,
    streams,
    unfurl,
    conversations,
    direct,
    history,
    info,
    membership,
    oversight_chat,
    oversight_conversations,
    oversight_enterprise,
    oversight_user,
    oversight_users,
    pins,
    reactions,
    team,
    users,
    users_conversations,
    identity,
    photo,
    presence,
    profile,
)
