"""What is measured of oversight: its listings' pages, single messages, and what it costs that each look is in the audit log."""

from benchmarks import messages
from benchmarks.conversations import LARGE
from benchmarks.load import Requests
from benchmarks.measuring import Bench, Case, show, show_pages
from benchmarks.organization import ADMIN_TOKEN, BOT_TOKEN, CROWD, WORKSPACES, user_id
from gridhall.contract.timestamps import ts_text

_LOOKED_AT = 5000
"""Messages that are looked at again and again."""

_PAGE = 200


def looking(bench: Bench, people: int, large: int) -> None:
    """Print what looks of an overseer cost.

    Arguments:
        people: how many there are.
        large: the messages of the large channel.
    """
    in_crowd = people // 5
    show_pages(bench, "oversight.enterprise.info", ADMIN_TOKEN, limit=20, last=WORKSPACES // 20)
    show_pages(bench, "oversight.users.list", ADMIN_TOKEN, limit=_PAGE, last=min(400, people // _PAGE))
    for method, more in (
        ("oversight.user.conversations", f"&user={user_id(1)}"),
        ("oversight.conversations.list", "&only_im=true"),
        ("oversight.conversations.members", f"&channel={CROWD}"),
    ):
        show_pages(bench, method, ADMIN_TOKEN, limit=_PAGE, last=max(1, in_crowd // _PAGE), more=more)
    step = max(1, large // _LOOKED_AT)
    wanted = [f"/api/oversight.chat.info?channel={LARGE}&ts={ts_text(messages.moment(n))}" for n in range(0, large, step)]
    case = Case(f"oversight.chat.info, of {large:,}", [Requests(wanted, ADMIN_TOKEN)])
    show(case, *bench.measure(case))
    for limit in (1, _PAGE):
        _show_audit(bench, limit)


def _show_audit(bench: Bench, limit: int) -> None:
    """Print how much more a page of people costs where the audit log tells of it."""
    cases = [
        Case(f"{method} limit={limit}, page 1", [Requests([f"/api/{method}?limit={limit}"], token)])
        for method, token in (("users.list", BOT_TOKEN), ("oversight.users.list", ADMIN_TOKEN))
    ]
    ordinary, overseen = bench.measure(*cases)
    for case, figure in zip(cases, (ordinary, overseen), strict=True):
        show(case, figure)
    added = (overseen.cpu - ordinary.cpu) * 1e6
    print(f"  to oversee a page of {limit} costs {added:.0f} µs more than to list it, {overseen.cpu / ordinary.cpu:.2f} times")
