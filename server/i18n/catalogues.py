"""The catalogues of translated texts, `locale/<language>/LC_MESSAGES/daybook.po`, read as their translators left them."""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

SOURCE_LANGUAGE = "en"
"""The language of the texts in code and templates; it has no catalogue."""

DOMAIN = "daybook"

_LOCALES = Path(__file__).parent / "locale"


@cache
def languages() -> tuple[str, ...]:
    """Return the languages that Daybook speaks, its own first."""
    found = sorted(path.parent.parent.name for path in _LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
    return (SOURCE_LANGUAGE, *found)


@cache
def texts(language: str) -> NullTranslations:
    """Return the texts of one of `languages()`; what is not translated, or doubtful, is answered in English."""
    if language not in languages() or language == SOURCE_LANGUAGE:
        return NullTranslations()
    with (_LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        catalogue = read_po(file, locale=language, domain=DOMAIN)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled, domain=DOMAIN)
