"""The pages a host sees. `routes()` is their site map."""

from aiohttp import web

from server.web.host import answer


def routes() -> list[web.AbstractRouteDef]:
    """Return the site map of the host's pages."""
    return [
        # A request that waits for its host, for whoever holds the link of the approval request: no login
        web.get("/b/{slug}/approve/{token}", answer.ask),
        web.post("/b/{slug}/approve/{token}", answer.submit),
        web.get("/b/{slug}/decline/{token}", answer.ask),
        web.post("/b/{slug}/decline/{token}", answer.submit),
    ]
