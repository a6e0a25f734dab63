"""What keeps a page from being shown."""


class Problem(Exception):
    """There is no page to show, but one that says why.

    Arguments:
        status: the HTTP status.
        code: which text of `templates/problem.html` says so.
        allow: the verbs that the address takes, for 405.
    """

    def __init__(self, status: int, code: str, allow: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.allow = allow
