"""The pages that list and show mails."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from server.domain.errors import NotFound
from server.web.demo import folder
from server.web.demo.folder import Listed, Shown
from server.web.keys import PAGES

FOLDER = web.AppKey("FOLDER", Path)

MAIL_POLICY = "; ".join(
    (
        "sandbox allow-popups",
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""A mail is shown as a mail client would: its own styles, no script, nothing fetched, an origin of its own."""


@dataclass(frozen=True, slots=True)
class MailsPage:
    """What the list shows."""

    mails: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class MailPage:
    """What the page of one mail shows."""

    mail: Shown


async def show_list(request: web.Request) -> web.Response:
    """List the mails, the newest first."""
    found = await asyncio.to_thread(folder.listed, request.app[FOLDER])
    return request.app[PAGES].respond(request, "demo/mails.html", MailsPage(tuple(found)))


async def show_mail(request: web.Request) -> web.Response:
    """Show a mail's head and text, and where its other parts are."""
    return request.app[PAGES].respond(request, "demo/mail.html", MailPage(await _mail(request)))


async def show_html(request: web.Request) -> web.Response:
    """Show the HTML part, in a sandbox."""
    headers = {"Content-Security-Policy": MAIL_POLICY, "Cache-Control": "no-store"}
    return web.Response(text=(await _mail(request)).html, content_type="text/html", headers=headers)


async def show_text(request: web.Request) -> web.Response:
    """Show the plain part."""
    return _plain((await _mail(request)).text)


async def show_ics(request: web.Request) -> web.Response:
    """Show the calendar part."""
    return _plain((await _mail(request)).ics)


async def show_source(request: web.Request) -> web.Response:
    """Show the mail as it would have been sent."""
    return _plain((await _mail(request)).source.decode(errors="replace"))


async def _mail(request: web.Request) -> Shown:
    found = await asyncio.to_thread(folder.shown, request.app[FOLDER], request.match_info["name"])
    if found is None:
        raise NotFound("There is no such mail.")
    return found


def _plain(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/plain", headers={"Cache-Control": "no-store"})
