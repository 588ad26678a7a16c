"""What operators type about questions, durations, places and rooms."""

import json
from pathlib import Path
from typing import cast

from tests.cli.conftest import Shell
from tests.cli.test_commands import ALICE, INTRO


def test_choices_are_typed_shown_and_read_back_from_a_file(shell: Shell, tmp_path: Path) -> None:
    shell.run(*ALICE)
    shell.run(*INTRO)
    text = shell.run(
        *("event-type", "edit", "alice/intro", "--duration-option", "30", "--duration-option", "1h"),
        *("--question", "text!: What is it about?", "--question", "select: How far? = Starting | Done"),
        *("--ask-phone", "--location-option", "room", "--room-webhook", "https://rooms.example/new"),
        *("--redirect", "https://example.org/thanks", "--thanks", "See you!"),
    )
    for words in (
        "30 min, 60 min",
        "text/what_is_it_about!: What is it about?",
        "select/how_far: How far? = Starting | Done",
        "ask phone",
        "https://rooms.example/new",
        "whsec_",
        "https://example.org/thanks",
        "See you!",
    ):
        assert words in text
    shown = cast("dict[str, object]", shell.json("event-type", "show", "alice/intro"))
    assert shown["room_secret"] is None
    file = tmp_path / "questions.json"
    file.write_text(json.dumps(list(reversed(cast("list[object]", shown["questions"])))))
    shell.run("event-type", "edit", "alice/intro", "--questions", str(file))
    shown = cast("dict[str, object]", shell.json("event-type", "show", "alice/intro"))
    questions = cast("list[dict[str, object]]", shown["questions"])
    assert [question["id"] for question in questions] == ["how_far", "what_is_it_about"]
    file.write_text('{"id": "x"}')
    code, said = shell.attempt("event-type", "edit", "alice/intro", "--questions", str(file))[:2]
    assert code == 2
    assert "not a list of questions" in said
