"""What a form sends, as text."""

from urllib.parse import parse_qsl

from aiohttp import web

from server.web.bodies import read_body

FIELDS_MAX = 800
"""Twenty questions with thirty options that can all be chosen, and what every form has."""
BYTES_MAX = 256 * 1024
"""The longest notes are 60 kB when each of their characters takes twelve bytes; the rest is for who pastes too much."""
KIND = "application/x-www-form-urlencoded"


async def fields_of(request: web.Request) -> dict[str, str]:
    """Return the text fields of a sent form, the last of each name; none of what is no form of ours."""
    return dict(await pairs_of(request))


async def pairs_of(request: web.Request) -> list[tuple[str, str]]:
    """Return the text fields of a sent form in their order, a name as often as it was chosen.

    Our pages are in UTF-8 and so are their forms, whatever charset a request claims: Python would believe punycode too,
    and take half a minute over one long word.
    """
    body = await read_body(request, BYTES_MAX)
    if request.content_type != KIND:
        return []
    text = body.decode(errors="replace")
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS_MAX)
    except ValueError as error:
        raise web.HTTPBadRequest from error
