"""The mails of a demonstration, which leave for a folder instead of the world: listed and shown."""

from pathlib import Path

from aiohttp import web

from server.web.demo import mails
from server.web.demo.mails import FOLDER


def routes() -> list[web.AbstractRouteDef]:
    """Return the site map of the demonstration."""
    return [
        web.get("/demo/mail", mails.show_list),
        web.get("/demo/mail/{name}", mails.show_mail),
        web.get("/demo/mail/{name}/html", mails.show_html),
        web.get("/demo/mail/{name}/text", mails.show_text),
        web.get("/demo/mail/{name}/ics", mails.show_ics),
        web.get("/demo/mail/{name}/source", mails.show_source),
    ]


def furnish(app: web.Application, folder: Path) -> None:
    """Tell the application where the mails lie."""
    app[FOLDER] = folder
