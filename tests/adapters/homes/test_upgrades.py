"""Old formats become new ones, one pure step after the other."""

import pytest

from server.adapters.homes.upgrades import Document, FormatRefused, newest, upgrade


def rename(document: Document) -> Document:
    return {"title" if name == "name" else name: value for name, value in document.items()}


def shout(document: Document) -> Document:
    return {**document, "title": str(document["title"]).upper()}


CHAIN = (rename, shout)


def test_a_document_takes_every_step_from_its_own_format_on() -> None:
    assert upgrade({"format": 1, "name": "intro"}, CHAIN) == {"format": 3, "title": "INTRO"}
    assert upgrade({"format": 2, "title": "intro"}, CHAIN) == {"format": 3, "title": "INTRO"}


def test_a_document_of_the_newest_format_is_left_as_it_is() -> None:
    document: Document = {"format": newest(CHAIN), "title": "intro"}
    assert upgrade(document, CHAIN) is document


def test_upgrading_leaves_the_old_document_alone() -> None:
    document: Document = {"format": 1, "name": "intro"}
    upgrade(document, CHAIN)
    assert document == {"format": 1, "name": "intro"}


def test_a_document_of_a_newer_daybook_is_refused_with_what_to_do() -> None:
    with pytest.raises(FormatRefused, match=r"newer Daybook \(format 4; this one knows 3\): install"):
        upgrade({"format": 4}, CHAIN)


@pytest.mark.parametrize("format_", [None, "1", True, 0, -1, 1.0])
def test_a_document_without_a_format_is_refused(format_: object) -> None:
    with pytest.raises(FormatRefused, match="no"):
        upgrade({"format": format_}, CHAIN)
