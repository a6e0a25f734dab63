"""Every code that a refusal can carry. A class is its code in CamelCase, so the code is written nowhere else."""

import re
from typing import Any, ClassVar

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


class Refusal(Exception):
    """The server says no, for a documented reason.

    Raised anywhere from the envelope to the domain and turned into the wire's shape by the seal, and only there.

    Arguments:
        messages: what `response_metadata.messages` shows, most specific first; none leaves the field out.
        fields: further top-level fields of the answer, such as `needed` and `provided`.
    """

    code: ClassVar[str] = "internal_error"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.code = _CAPITAL.sub("_", cls.__name__).lower()

    def __init__(self, *messages: str, **fields: str | list[str]) -> None:
        super().__init__(self.code, *messages)
        self.messages = messages
        self.fields = fields


# What the envelope refuses.


class MissingPostType(Refusal):
    """A body came without a Content-Type."""


class InvalidPostType(Refusal):
    """The Content-Type is none that the Web API reads."""


class InvalidCharset(Refusal):
    """The charset is neither utf-8 nor iso-8859-1."""


class InvalidFormData(Refusal):
    """The form body is missing, malformed or too large."""


class InvalidJson(Refusal):
    """The JSON body cannot be parsed."""


class JsonNotObject(Refusal):
    """The JSON body is no object."""


class RequestTimeout(Refusal):
    """The body did not arrive in time."""


class InvalidArgName(Refusal):
    """An argument's name is overlong or holds something other than letters, digits and underscores."""


class InvalidArrayArg(Refusal):
    """An array stands where a string belongs."""


# What the route refuses.


class UnknownMethod(Refusal):
    """There is no such method."""


# What authentication refuses.


class NotAuthed(Refusal):
    """No token came with the request."""


class InvalidAuth(Refusal):
    """The token is unknown."""


class TokenRevoked(Refusal):
    """The token was revoked, or its person, workspace or app is gone (user tokens)."""


class TokenExpired(Refusal):
    """The token's time is over."""


class AccountInactive(Refusal):
    """The token was revoked, or its bot, workspace or app is gone (bot tokens)."""


class Accesslimited(Refusal):
    """The network that the request comes from is not on the allowlist."""


class TwoFactorSetupRequired(Refusal):
    """The organization or workspace requires a second factor, and the person has none."""


# What addressing refuses.


class TeamAccessNotGranted(Refusal):
    """An org-level token names a workspace that its installation does not reach."""


class TeamAddedToOrg(Refusal):
    """The workspace is being moved into an organization."""


class OrgLoginRequired(Refusal):
    """The workspace waits for its people to sign in to the organization."""


class EnterpriseIsRestricted(Refusal):
    """The method takes no org-level token."""


class EkmAccessDenied(Refusal):
    """The organization's encryption key was withdrawn."""


# What authorization refuses.


class NotAllowedTokenType(Refusal):
    """The method takes no token of this kind."""


class MissingScope(Refusal):
    """The token lacks a scope.

    Arguments:
        needed: the scopes that would have done, comma-separated.
        provided: the token's scopes, comma-separated.
    """

    def __init__(self, *, needed: str, provided: str) -> None:
        super().__init__(needed=needed, provided=provided)


class FeatureNotEnabled(Refusal):
    """The plan does not include this feature."""


class AccessDenied(Refusal):
    """The resource is not for this caller."""


# What any room or storage can end in.


class Ratelimited(Refusal):
    """Too many calls.

    Arguments:
        retry_after: seconds until the next call passes, at least 1.
    """

    def __init__(self, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after


class InvalidArguments(Refusal):
    """An argument is missing or wrong, and the method declares no code of its own for it."""


class ServiceUnavailable(Refusal):
    """The service or its database is away for now."""


class FatalError(Refusal):
    """The change could not be stored."""


class InternalError(Refusal):
    """A defect of the server."""


# What methods refuse with codes of their own.


class MissingArgument(Refusal):
    """A required argument is missing."""


class InvalidCursor(Refusal):
    """The cursor is none that this listing made."""


class InvalidLimit(Refusal):
    """The limit is not understood."""


class InvalidTypes(Refusal):
    """A type of conversation is not known."""


class LimitRequired(Refusal):
    """The workspace is too large to be listed in one piece."""


class UserNotFound(Refusal):
    """There is no such user."""


class UserNotVisible(Refusal):
    """The user exists, but not for this caller."""


class UsersNotFound(Refusal):
    """No user has this address."""


class EmailNotVerified(Refusal):
    """The person has not confirmed their address."""


class InvalidPresence(Refusal):
    """The presence is neither auto nor away."""


class BadImage(Refusal):
    """The picture cannot be read."""


class TooLarge(Refusal):
    """The picture's dimensions are too large."""


class TooManyFrames(Refusal):
    """The animation has too many frames."""


class NotBearerToken(Refusal):
    """A token of this kind cannot be revoked here."""


class BotNotFound(Refusal):
    """There is no such bot."""


class TeamNotFound(Refusal):
    """There is no such workspace."""


class TeamNotOnEnterprise(Refusal):
    """Only a workspace of an organization can be looked up by domain."""


class FailToGetTeamsForRestrictedUser(Refusal):
    """A guest asks about a workspace that they are not in."""


class EnterpriseNotFound(Refusal):
    """There is no such organization."""


class InvalidProfile(Refusal):
    """The profile is no JSON object, or holds a value of the wrong kind."""


class NotAdmin(Refusal):
    """Only an administrator may change this."""


class NotAppAdmin(Refusal):
    """Only an owner may change the profile of a bot."""


class CannotUpdateAdminUser(Refusal):
    """The person stands as high as the caller, or higher."""


class EmailTaken(Refusal):
    """Somebody else has this address."""


class ReservedName(Refusal):
    """The name is reserved."""


class NameNotAllowed(Refusal):
    """The name holds something that names may not hold."""


class InvalidStartsWithAt(Refusal):
    """A display name cannot begin with an at sign."""


class InvalidEmojiNotAllowed(Refusal):
    """A name holds an emoji."""


class TooLong(Refusal):
    """A profile field is too long."""


class MustClearBothStatusTextAndStatusEmoji(Refusal):
    """A status is cleared by its text and its emoji together."""


class ProfileSetFailed(Refusal):
    """The profile could not be set."""


# What conversations, messages, reactions and pins refuse with.


class ChannelNotFound(Refusal):
    """There is no such conversation, or none that the caller may know of."""


class MethodNotSupportedForChannelType(Refusal):
    """The method serves no conversation of this kind."""


class ChannelTypeNotSupported(Refusal):
    """The method serves no conversation of this kind, or not the general channel of a workspace."""


class DefaultOrgWideChannel(Refusal):
    """The channel is in every workspace of the organization, and the general one of some."""


class RetentionOverrideNotAllowed(Refusal):
    """The organization does not let a conversation have days of its own."""


class InvalidDuration(Refusal):
    """The days are no whole number from 1 to 36,499."""


class NotInChannel(Refusal):
    """The caller, or whom they name, is no member of the conversation."""


class IsArchived(Refusal):
    """The channel is archived."""


class AlreadyArchived(Refusal):
    """The channel is archived already."""


class NotArchived(Refusal):
    """The channel is not archived."""


class CantArchiveGeneral(Refusal):
    """The general channel cannot be archived."""


class CantLeaveGeneral(Refusal):
    """Nobody can leave the general channel."""


class CantKickFromGeneral(Refusal):
    """Nobody can be removed from the general channel."""


class CantKickSelf(Refusal):
    """Nobody can remove themselves."""


class CantInvite(Refusal):
    """The person cannot be invited."""


class CantInviteSelf(Refusal):
    """Nobody can invite themselves."""


class AlreadyInChannel(Refusal):
    """The person is in the channel already."""


class NoExternalInvitePermission(Refusal):
    """Who is in the channel from another organization invites people of that one only."""


class InviteeCantSeeChannel(Refusal):
    """The channel is in no workspace of the person's."""


class OrgUserNotInTeam(Refusal):
    """The person is in the organization, but not in this workspace."""


class UraMaxChannels(Refusal):
    """A single-channel guest has their channel already."""


class UserIsRestricted(Refusal):
    """Guests may not do this."""


class NoUser(Refusal):
    """No person is named."""


class NotSupported(Refusal):
    """This cannot be done with this person in this channel."""


class LastMember(Refusal):
    """The last member of a private channel cannot leave it."""


class RestrictedAction(Refusal):
    """A preference of the workspace keeps the caller from doing this."""


class RestrictedActionReadOnlyChannel(Refusal):
    """The caller may neither post nor reply in the channel."""


class RestrictedActionThreadOnlyChannel(Refusal):
    """The caller may reply in the channel, but not post."""


class RestrictedActionNonThreadableChannel(Refusal):
    """The caller may post in the channel, but not reply."""


class NotAuthorized(Refusal):
    """Only the channel's creator or an administrator may do this."""


class NameTaken(Refusal):
    """Another channel has this name."""


class InvalidName(Refusal):
    """The name cannot be."""


class InvalidNameRequired(Refusal):
    """The name is empty."""


class InvalidNamePunctuation(Refusal):
    """The name is punctuation alone."""


class InvalidNameMaxlength(Refusal):
    """The name is too long."""


class InvalidNameSpecials(Refusal):
    """The name holds characters that names may not hold."""


class InvalidUserCombination(Refusal):
    """These people cannot be in one conversation."""


class NotEnoughUsers(Refusal):
    """Too few people are named."""


class TooManyUsers(Refusal):
    """Too many people are named."""


class UserDisabled(Refusal):
    """The person's account is closed."""


class UsersListNotSupplied(Refusal):
    """Nobody is named."""


class InvalidTsLatest(Refusal):
    """The later end is no time."""


class InvalidTsOldest(Refusal):
    """The earlier end is no time."""


class InvalidMetadataFilterKeys(Refusal):
    """The keys of metadata to tell are no list of texts."""


class InvalidTimestamp(Refusal):
    """The timestamp is none."""


class ThreadNotFound(Refusal):
    """There is no such thread."""


class NoText(Refusal):
    """A message without words."""


class MsgTooLong(Refusal):
    """The message is too long."""


class MsgBlocksTooLong(Refusal):
    """The blocks are too long."""


class AttachmentPayloadLimitExceeded(Refusal):
    """The attachments are too long."""


class MarkdownTextConflict(Refusal):
    """Text in standard Markdown stands beside other text."""


class InvalidBlocks(Refusal):
    """The blocks cannot be."""


class InvalidBlocksFormat(Refusal):
    """The blocks are no list of objects."""


class InvalidAttachments(Refusal):
    """An attachment is wrong, or the attachments are no list of objects."""


class InvalidMetadataFormat(Refusal):
    """A message's metadata is no object, or has neither an event nor entities."""


class InvalidMetadataSchema(Refusal):
    """A part of a message's metadata is missing or of the wrong kind."""


class MetadataMustBeSentFromApp(Refusal):
    """Only apps attach metadata, and the token belongs to none."""


class MetadataTooLarge(Refusal):
    """All of a message's metadata together is too long."""


class MsgBlocksTooMany(Refusal):
    """More blocks are streamed into a message than one can have."""


class InvalidChunks(Refusal):
    """The chunks are no list of objects, or one of them is wrong."""


class CannotProvideBothMarkdownTextAndChunks(Refusal):
    """Text and chunks are streamed by one call."""


class StreamingModeMismatch(Refusal):
    """A stream that began with text goes on with chunks, or the other way round."""


class StreamingStateConflict(Refusal):
    """The message is still streamed: its app appends to it instead."""


class MessageNotInStreamingState(Refusal):
    """Nothing is streamed into the message, or nothing any more."""


class MessageNotOwnedByApp(Refusal):
    """The message is not one of the calling app's."""


class InvalidThreadTs(Refusal):
    """There is no message to reply to."""


class MissingRecipientUserId(Refusal):
    """Outside of direct messages, a stream names whom it is for."""


class MissingRecipientTeamId(Refusal):
    """Outside of direct messages, a stream names the workspace of whom it is for."""


class TooManyAttachments(Refusal):
    """The message has more attachments than one can have."""


class InvalidTime(Refusal):
    """The time is no number of seconds."""


class TimeInPast(Refusal):
    """The time has passed, or is about to."""


class TimeTooFar(Refusal):
    """The time is more than 120 days away."""


class RestrictedTooMany(Refusal):
    """Too many messages are scheduled for the channel about that time."""


class InvalidScheduledMessageId(Refusal):
    """No message waits under this id that the caller may delete, or it is about to be posted."""


class InvalidChannel(Refusal):
    """There is no such conversation, or none that the caller may know of."""


class NoDualBroadcastContentUpdate(Refusal):
    """A reply is shown in the channel, or given other content, but not both at once."""


class CannotReplyToMessage(Refusal):
    """Nobody can reply to this message."""


class DuplicateChannelNotFound(Refusal):
    """The client's own id stands for a message of another conversation."""


class DuplicateMessageNotFound(Refusal):
    """The client's own id stands for a message that was deleted."""


class MessageNotFound(Refusal):
    """There is no such message."""


class CantUpdateMessage(Refusal):
    """The message is somebody else's, or of a kind that nobody changes."""


class CantDeleteMessage(Refusal):
    """The caller may not delete the message."""


class BlockMismatch(Refusal):
    """What a person wrote in rich text stays in rich text."""


class CantBroadcastMessage(Refusal):
    """The message cannot be shown in the channel."""


class CannotAuthUser(Refusal):
    """The message's author is nobody who could sign in to the app."""


class CannotFindChannel(Refusal):
    """The caller sees no such conversation."""


class CannotFindMessage(Refusal):
    """There is no such message to preview links of."""


class CannotFindService(Refusal):
    """The caller is no app that has domains whose links it previews."""


class CannotParseAttachment(Refusal):
    """A preview is wrong, shows nothing or is too long."""


class CannotUnfurlMessage(Refusal):
    """The message has no such link."""


class CannotUnfurlUrl(Refusal):
    """The link is not on the app's domains, or the message wants no previews."""


class ErrorProcessingMetadata(Refusal):
    """A Work Object is wrong, or all of them together are too long."""


class InvalidSource(Refusal):
    """There is no such place that links are in."""


class InvalidUnfurlId(Refusal):
    """The id is of no link."""


class InvalidUnfurlsFormat(Refusal):
    """The previews are no objects by addresses."""


class MissingChannel(Refusal):
    """The message's `ts` is there without its channel, or nothing is."""


class MissingSource(Refusal):
    """A link's id is there without the place that it is in."""


class MissingTs(Refusal):
    """A channel is there without the message's `ts`."""


class MissingUnfurlId(Refusal):
    """The place that a link is in is there without its id."""


class MissingUnfurls(Refusal):
    """There is neither a preview nor a Work Object, and the author is not to be asked for anything."""


class IsInactive(Refusal):
    """The channel is archived."""


class UserNotInChannel(Refusal):
    """The person who is meant to see it is not in the channel."""


class BadTimestamp(Refusal):
    """The timestamp is none."""


class NoItemSpecified(Refusal):
    """No message is named."""


class AlreadyReacted(Refusal):
    """The caller has reacted so already."""


class NoReaction(Refusal):
    """The caller has not reacted so."""


class TooManyEmoji(Refusal):
    """The message has as many different reactions as one can have."""


class TooManyReactions(Refusal):
    """The caller has given the message as many reactions as one person may."""


class NoAccess(Refusal):
    """The item is not for this caller to react to."""


class NotReactable(Refusal):
    """Nobody can react to such an item any more."""


class FileNotFound(Refusal):
    """There is no such file."""


class FileCommentNotFound(Refusal):
    """There is no such comment on a file."""


class AlreadyPinned(Refusal):
    """The message is pinned already."""


class NoPin(Refusal):
    """The message is not pinned."""


class NotPinnable(Refusal):
    """A message of this kind cannot be pinned."""


class TooManyPins(Refusal):
    """The conversation has as many pins as one can have."""


# What administers sessions refuses.


class NoPermission(Refusal):
    """The token is a workspace's, where one of the organization is needed."""


class NotAnAdmin(Refusal):
    """The caller is neither owner nor admin of the organization."""


class AdminUnauthorized(Refusal):
    """An admin acts on somebody who stands above them."""


class BotsNotAllowed(Refusal):
    """A bot is named where people belong."""


class MissingTeam(Refusal):
    """A person is named, and no workspace."""


class MissingUser(Refusal):
    """A workspace is named, and no person."""


class NoActiveSessions(Refusal):
    """There is no session to list."""


class SessionNotFound(Refusal):
    """The person has no such session there, or no longer."""


class CannotInvalidatePrimaryOwner(Refusal):
    """Somebody else ends a session of the organization's primary owner."""


class CannotResetBot(Refusal):
    """A bot has no sessions to reset."""


class CannotResetPrimaryOwner(Refusal):
    """Somebody else resets the sessions of the organization's primary owner."""


class FailedForSomeUsers(Refusal):
    """Some of these people are deactivated: the others' sessions are reset."""


class AtLeastOneSessionSettingRequired(Refusal):
    """Neither setting is given."""


# Oversight.


class NotAnEnterprise(Refusal):
    """The token belongs to a lone workspace, which is no organization."""


class InvalidArgs(Refusal):
    """Arguments that do not go together, or none of several of which one is needed."""


class InvalidEmail(Refusal):
    """That is no e-mail address."""


class NonTombstonedMessageNotAllowed(Refusal):
    """The message is not out of sight."""


class ExternalUpdateNotAllowed(Refusal):
    """The message is another organization's."""
