"""/v1/bookings/{id}/notes: what hosts note about a booking (S3.34, S3.35)."""

from aiohttp import web

from server.domain.booking import Actor
from server.domain.notes import Note
from server.domain.permissions import Permission
from server.usecases.booking import notes
from server.web.api_v1.asking import as_json, body_of, done_once, held, held_by_key
from server.web.api_v1.shapes import NoteAnswer, NoteList, NoteWish, parse
from server.web.keys import now_of, ports_of


async def get(request: web.Request) -> web.Response:
    """List the notes on a booking: all for a key, for the bearer of a token those that are not private."""
    asked = await held(request, Permission.VIEW)
    is_key = asked.actor is Actor.API_KEY
    found = await notes.listed(ports_of(request), asked.looked, with_private=is_key)
    return as_json(NoteList(data=[_shown(note) for note in found]))


async def post(request: web.Request) -> web.Response:
    """Note something about a booking, and list all that was noted."""
    ports, asked = ports_of(request), await held_by_key(request, Permission.EDIT)
    body = await body_of(request)
    wish = parse(body, NoteWish)

    async def work(_: str | None) -> str:
        note = await notes.add(
            ports, asked.looked, wish.content, asked.actor, now_of(request), is_private=wish.is_private
        )
        return f"{asked.looked.record.id} {note.number}"

    await done_once(request, asked.asker, body, work)
    asked = await held_by_key(request, Permission.EDIT)
    found = await notes.listed(ports, asked.looked, with_private=True)
    return as_json(NoteList(data=[_shown(note) for note in found]), status=201)


def _shown(note: Note) -> NoteAnswer:
    return NoteAnswer(
        id=note.number, content=note.content, is_private=note.is_private, created_at=note.created_at
    )
