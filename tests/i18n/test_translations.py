"""What every translation keeps of the English text, whoever wrote it."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from server.i18n import catalogues

FILES = {path.parent.parent.name: path for path in Path(catalogues.__file__).parent.glob("locale/*/*/*.po")}
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[a-z%]")
MARKUP = re.compile(r"</?\w[^>]*>|&\w+;")
INVISIBLE = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060\ufeff]")

every_language = pytest.mark.parametrize("language", sorted(FILES))


@cache
def catalogue(language: str) -> Catalog:
    with FILES[language].open("rb") as file:
        return read_po(file, locale=language)


def messages(language: str) -> list[Message]:
    return [message for message in catalogue(language) if message.id]


def forms(message: Message) -> list[tuple[str, str]]:
    """Return each translated form beside the English one that it stands for; all but the first are of the plural."""
    english, found = listed(message.id), listed(message.string)
    return [(english[min(at, len(english) - 1)], form) for at, form in enumerate(found)]


def listed(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text or ""] if text is None or isinstance(text, str) else list(text)


def edges(text: str) -> tuple[str, str]:
    """Return the whitespace around a text."""
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


@every_language
def test_every_text_is_translated(language: str) -> None:
    assert [one.id for one in messages(language) if not all(listed(one.string))] == []


@every_language
def test_no_translation_is_doubtful(language: str) -> None:
    assert [one.id for one in messages(language) if one.fuzzy] == []


@every_language
def test_every_plural_has_all_forms_of_its_language(language: str) -> None:
    plurals = [one for one in messages(language) if not isinstance(one.id, str)]
    assert plurals
    assert {len(listed(one.string)) for one in plurals} == {catalogue(language).num_plurals}


@every_language
def test_all_languages_translate_the_same_texts(language: str) -> None:
    assert {str(one.id) for one in messages(language)} == {str(one.id) for one in messages("de")}


@every_language
def test_what_is_filled_in_is_that_of_the_english_text(language: str) -> None:
    assert [
        (english, found)
        for one in messages(language)
        for english, found in forms(one)
        if found and set(PLACEHOLDER.findall(found)) != set(PLACEHOLDER.findall(english))
    ] == []


@every_language
def test_no_translation_brings_markup_of_its_own(language: str) -> None:
    assert [
        (english, found)
        for one in messages(language)
        for english, found in forms(one)
        if found and sorted(MARKUP.findall(found)) != sorted(MARKUP.findall(english))
    ] == []


@every_language
def test_a_translation_begins_and_ends_with_the_spaces_of_the_english_text(language: str) -> None:
    assert [
        (english, found)
        for one in messages(language)
        for english, found in forms(one)
        if found and edges(found) != edges(english)
    ] == []


@every_language
def test_no_translation_holds_typewriter_quotes_or_characters_nobody_sees(language: str) -> None:
    assert [
        found
        for one in messages(language)
        for _, found in forms(one)
        if '"' in found or re.search(r"\w'\w", found) or INVISIBLE.search(found)
    ] == []


def test_french_never_breaks_a_line_before_its_punctuation() -> None:
    assert [
        found
        for one in messages("fr")
        for _, found in forms(one)
        if re.search(r"(?:^| )[:;?!»]|« |[^\s:/][;?!»]|\w:(?!//)", found)
    ] == []
