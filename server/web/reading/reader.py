"""Who reads a page: their language and region, as their browser tells."""

from functools import lru_cache

from aiohttp import web

from server.i18n.catalogues import languages
from server.i18n.translator import Translator, translator
from server.web.reading.language import choose, region_of


def reader_of(request: web.BaseRequest, fallback: str) -> Translator:
    """Return who reads the answer to a request, going by its Accept-Language."""
    return _reader(request.headers.get("Accept-Language", ""), fallback)


@lru_cache(maxsize=512)
def _reader(accept: str, fallback: str) -> Translator:
    language = choose(accept, languages(), fallback)
    region = region_of(accept, language)
    return translator(f"{language}-{region}" if region else language)
