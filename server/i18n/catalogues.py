"""The catalogues of translated texts, `locale/<language>/LC_MESSAGES/daybook.po`, read as their translators left them."""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

SOURCE_LANGUAGE = "en"
"""The language of the texts in code and templates; it has no catalogue."""

DOMAIN = "daybook"

FILLED = 0.9
"""The share of texts that must be translated before a language is offered."""

_LOCALES = Path(__file__).parent / "locale"


@cache
def languages() -> tuple[str, ...]:
    """Return the languages that Daybook speaks, its own first."""
    return (SOURCE_LANGUAGE, *spoken(_LOCALES))


def spoken(folder: Path) -> tuple[str, ...]:
    """Return the languages of a folder of catalogues that are translated enough to be offered, in alphabetical order.

    Half a language is worse than English: dates in one and sentences in the other.
    """
    found = {path.parent.parent.name: path for path in folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po")}
    return tuple(sorted(language for language, path in found.items() if _is_filled(_read(path, language))))


@cache
def texts(language: str) -> NullTranslations:
    """Return the texts of one of `languages()`; what is not translated, or doubtful, is answered in English."""
    if language not in languages() or language == SOURCE_LANGUAGE:
        return NullTranslations()
    return load(_LOCALES, language)


def load(folder: Path, language: str) -> NullTranslations:
    """Return the texts of a language from a folder of catalogues."""
    compiled = BytesIO()
    write_mo(compiled, _read(folder / language / "LC_MESSAGES" / f"{DOMAIN}.po", language))
    compiled.seek(0)
    return Translations(compiled, domain=DOMAIN)


def _read(path: Path, language: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def _is_filled(catalogue: Catalog) -> bool:
    messages = [message for message in catalogue if message.id]
    done = sum(1 for message in messages if message.string and all(message.string) and not message.fuzzy)
    return bool(messages) and done >= FILLED * len(messages)
