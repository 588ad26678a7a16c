"""What every template can rely on."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from server.i18n.environment import make_environment
from server.i18n.translator import translator


def rendered(folder: Path, file: str, text: str, **names: object) -> str:
    (folder / file).write_text(text)
    return (
        make_environment(folder, translator("en").texts, {"site": "Daybook"})
        .get_template(file)
        .render(**names)
    )


def test_what_a_person_typed_is_escaped_on_a_page(tmp_path: Path) -> None:
    assert rendered(tmp_path, "page.html", "{{ name }}", name="<a>") == "&lt;a&gt;"


def test_what_is_filled_into_a_translated_text_is_escaped_too(tmp_path: Path) -> None:
    text = '{{ _("Hello %(name)s", name=name) }}'
    assert rendered(tmp_path, "page.html", text, name="<a>") == "Hello &lt;a&gt;"


def test_plain_text_is_left_as_it_is(tmp_path: Path) -> None:
    assert rendered(tmp_path, "body.txt", "{{ name }}", name="<a> & b") == "<a> & b"


def test_a_name_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UndefinedError):
        rendered(tmp_path, "page.html", "{{ nobody }}")


def test_every_template_knows_the_given_names(tmp_path: Path) -> None:
    assert rendered(tmp_path, "page.html", "{{ site }}") == "Daybook"
