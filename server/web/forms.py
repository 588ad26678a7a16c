"""What a form sends, as text."""

from aiohttp import web

FIELDS_MAX = 50


async def fields_of(request: web.Request) -> dict[str, str]:
    """Return the text fields of a sent form, the last of each name; a body that cannot be read is a bad request."""
    try:
        sent = await request.post()
    except (ValueError, LookupError) as error:
        # An unknown charset, a part without an end, bytes that are no text: no browser of a person sends that.
        raise web.HTTPBadRequest from error
    if len(sent) > FIELDS_MAX:
        raise web.HTTPBadRequest
    return {name: value for name, value in sent.items() if isinstance(value, str)}
