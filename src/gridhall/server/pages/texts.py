"""What pages say of what was done, and why something was not."""

from gridhall.server.sign_in import NotSignedIn

NOTICES = {
    "signed-out": "You are signed out.",
    "ended": "You were signed out. Sign in again to go on.",
    "expired": "Signing in took too long. Please start again.",
    "set-up-expired": "Setting up took too long. Please start again.",
    "device-ended": "The device is signed out.",
    "device-gone": "That device was signed out already.",
    "others-ended": "All your other devices are signed out.",
    "password-changed": "Your password is changed, and all your other devices are signed out.",
    "factor-removed": "Your second factor is removed. From now on your password is enough to sign in.",
    "factor-required": "Your organization requires a second factor: yours stays. You can replace it.",
    "factor-reset": "Their second factor is taken away, and all their devices are signed out.",
}
"""What was done just before, by the code that an address tells: no link can have a page say anything else."""

STATUS = {
    "invalid_credentials": 403,
    "invalid_code": 403,
    "accesslimited": 403,
    "expired": 403,
    "ratelimited": 429,
    "busy": 503,
    "service_unavailable": 503,
}
"""The HTTP status of a page that tells of a refusal, by its code."""

_REFUSALS = {
    "invalid_credentials": "Something of this is not right: the workspace, the e-mail address or the password.",
    "invalid_code": "This code is not right, or was used before. Wait for the next one and type that.",
    "accesslimited": "You cannot sign in from this network. Ask your administrators which ones are allowed.",
    "expired": "This took too long. Please start again.",
    "busy": "Many people are signing in at the moment. Please try again shortly.",
    "service_unavailable": "This does not work at the moment. Please try again shortly.",
}

_NOT_YOURS = "This is not your password."
"""What is wrong with the one field that asks whoever is signed in for it again."""

PROBLEMS = {
    "not_found": ("Page not found", "There is no page at this address."),
    "no_place": ("Workspace not found", "There is no workspace or organization at this address. Look for a slip in it."),
    "verb": ("This is not a page", "This address only takes what a page's form sends."),
    "cross_site": ("Not sent", "This form came from another site, so nothing was done."),
    "no_cookies": (
        "Cookies are needed",
        "Your browser sent no cookie along, so nothing was done. Allow cookies for this site, then try again.",
    ),
    "out_of_date": (
        "This form is out of date",
        "Somebody signed in or out in this browser after the page was opened, so nothing was done. Please try again.",
    ),
    "too_large": ("Too much was sent", "This is more than a form of ours holds, so nothing was done."),
    "not_a_form": ("Not a form", "What was sent is no form of ours, so nothing was done."),
    "unreadable": ("Not readable", "What was sent cannot be read, so nothing was done."),
    "too_slow": ("Too slow", "The form did not arrive in time, so nothing was done. Please try again."),
    "service_unavailable": ("Not at the moment", "This does not work at the moment. Please try again shortly."),
    "defect": ("Something went wrong", "This is our mistake, not yours. It is noted in the server's log."),
}
"""Titles and texts of the page that stands in for one that cannot be shown, by the problem's code."""


def text_of(refusal: NotSignedIn) -> str:
    """Why somebody was not let in, as they are told."""
    if refusal.code == "ratelimited":
        return f"There were too many tries. Please wait {_spoken(refusal.retry_after)}, then try again."
    return _REFUSALS[refusal.code]


def faults_of(refusal: NotSignedIn, **fields: str) -> dict[str, str]:
    """What is wrong with a field of a form of whoever is signed in, or is about to be; nothing where it is no field's fault.

    Arguments:
        fields: which field a code is about.
    """
    field = fields.get(refusal.code)
    if field is None:
        return {}
    return {field: _NOT_YOURS if refusal.code == "invalid_credentials" else text_of(refusal)}


def _spoken(seconds: int) -> str:
    if seconds <= 60:
        return "a minute"
    minutes = -(-seconds // 60)
    return f"{minutes} minutes" if minutes < 120 else f"{-(-minutes // 60)} hours"
