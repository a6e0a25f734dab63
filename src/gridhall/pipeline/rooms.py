"""Which codes belong to which room: what a method need not declare."""

from gridhall.contract import errors
from gridhall.contract.errors import Refusal

ROOMS: dict[str, tuple[type[Refusal], ...]] = {
    "envelope": (
        errors.MissingPostType,
        errors.InvalidPostType,
        errors.InvalidCharset,
        errors.InvalidFormData,
        errors.InvalidJson,
        errors.JsonNotObject,
        errors.RequestTimeout,
        errors.InvalidArgName,
        errors.InvalidArrayArg,
        errors.InvalidArguments,
    ),
    "route": (errors.UnknownMethod,),
    "authenticate": (
        errors.NotAuthed,
        errors.InvalidAuth,
        errors.TokenRevoked,
        errors.TokenExpired,
        errors.AccountInactive,
        errors.Accesslimited,
        errors.TwoFactorSetupRequired,
    ),
    "address": (
        errors.ServiceUnavailable,
        errors.EkmAccessDenied,
        errors.EnterpriseIsRestricted,
        errors.TeamAccessNotGranted,
        errors.TeamAddedToOrg,
        errors.OrgLoginRequired,
    ),
    "authorize": (errors.NotAllowedTokenType, errors.FeatureNotEnabled, errors.MissingScope, errors.AccessDenied),
    "rate": (errors.Ratelimited,),
    "arguments": (errors.InvalidArguments, errors.InvalidArrayArg, errors.MissingScope),
    "perform": (errors.AccessDenied, errors.FatalError, errors.ServiceUnavailable, errors.InternalError),
}

OF_ROOMS: frozenset[type[Refusal]] = frozenset(code for codes in ROOMS.values() for code in codes)
