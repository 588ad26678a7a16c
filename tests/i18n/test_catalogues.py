"""Catalogues as translators leave them."""

from pathlib import Path

from server.i18n.catalogues import languages, load, spoken, texts

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
ONE = 'msgid "Cancel booking"\nmsgstr "Buchung absagen"\n\n'
MANY = 'msgid "%(num)d guest"\nmsgid_plural "%(num)d guests"\nmsgstr[0] "%(num)d Gast"\nmsgstr[1] "%(num)d Gäste"\n\n'
EMPTY = 'msgid "Reschedule"\nmsgstr ""\n\n'
DOUBTFUL = '#, fuzzy\nmsgid "Who"\nmsgstr "Wo"\n\n'


def catalogue(folder: Path, language: str, *entries: str) -> Path:
    path = folder / language / "LC_MESSAGES" / "daybook.po"
    path.parent.mkdir(parents=True)
    path.write_text(HEADER + "".join(entries), encoding="utf-8")
    return folder


def test_a_catalogue_is_read_as_it_is_written(tmp_path: Path) -> None:
    found = load(catalogue(tmp_path, "de", ONE, MANY), "de")
    assert found.gettext("Cancel booking") == "Buchung absagen"
    assert found.ngettext("%(num)d guest", "%(num)d guests", 2) == "%(num)d Gäste"


def test_what_is_empty_or_doubtful_is_said_in_english(tmp_path: Path) -> None:
    found = load(catalogue(tmp_path, "de", ONE, EMPTY, DOUBTFUL), "de")
    assert [found.gettext(text) for text in ("Reschedule", "Who")] == ["Reschedule", "Who"]


def test_a_translated_language_is_spoken(tmp_path: Path) -> None:
    assert spoken(catalogue(tmp_path, "de", ONE, MANY)) == ("de",)


def test_a_language_that_is_half_translated_is_not_offered(tmp_path: Path) -> None:
    catalogue(tmp_path, "nl")
    catalogue(tmp_path, "fr", ONE, EMPTY)
    assert spoken(catalogue(tmp_path, "de", ONE, DOUBTFUL)) == ()


def test_english_needs_no_catalogue() -> None:
    assert languages()[0] == "en"
    assert texts("en").gettext("Reschedule") == "Reschedule"
