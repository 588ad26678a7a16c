"""A gateway on this machine that notes what it is asked and answers as it is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class FakeGateway:
    """Notes requests; answers with `status`, or not at all while `is_silent`."""

    port: int = 0
    status: int = 200
    is_silent: bool = False
    asked: list[Asked] = field(default_factory=list)
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        """Return the gateway's address, without a path."""
        return f"http://127.0.0.1:{self.port}"

    async def answer(self, request: web.Request) -> web.Response:
        """Note a request."""
        body = await request.text()
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.asked.append(Asked(request.method, request.path_qs, headers, body))
        if self.is_silent:
            await self.closing.wait()
        return web.Response(
            status=self.status, text="to +4930123456: secret words", headers={"Location": "/elsewhere"}
        )


@asynccontextmanager
async def gateway() -> AsyncIterator[FakeGateway]:
    """Listen on a free port while the context lasts."""
    fake, app = FakeGateway(), web.Application()
    app.router.add_route("*", "/{path:.*}", fake.answer)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    fake.port = runner.addresses[0][1]
    try:
        yield fake
    finally:
        fake.closing.set()
        await runner.cleanup()
