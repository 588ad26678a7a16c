"""The yardstick of the web rows: an aiohttp server whose one handler answers with bytes that are ready."""

import sys

from aiohttp import web

BODY = (
    b'{"slots":[' + b'{"start_time":"2026-03-02T08:00:00Z","end_time":"2026-03-02T08:30:00Z"},' * 27 + b"{}]}"
)


async def answer(_: web.Request) -> web.Response:
    """Answer at once."""
    return web.Response(body=BODY, content_type="application/json")


def main() -> None:
    """Serve on the port that the command line names."""
    app = web.Application()
    app.router.add_get("/", answer)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)


if __name__ == "__main__":
    main()
