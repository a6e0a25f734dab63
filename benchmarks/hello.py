"""The least that a Python server can do: what every figure is held against."""

import socket
import sys

import uvicorn

BODY = b'{"ok":true}'


async def hello(scope, receive, send):  # type: ignore[no-untyped-def]
    """Answer every request with the same few bytes."""
    headers = [(b"content-type", b"application/json; charset=utf-8"), (b"content-length", b"11")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})


def main() -> None:
    listener = socket.socket()
    listener.bind(("127.0.0.1", int(sys.argv[1])))
    config = uvicorn.Config(
        hello, http="httptools", loop="uvloop", ws="none", lifespan="off", access_log=False, log_level="error"
    )
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
