"""The options of `daybook event-type` about what guests choose and answer, and what comes after booking."""

from collections.abc import Sequence

import click
import msgspec

from server.cli.minutes import MINUTES
from server.control.event_type_view import EventTypeView
from server.domain.questions import Question

_QUESTIONS = msgspec.json.Decoder(list[Question])


class QuestionsFile(click.ParamType[list[Question]]):
    """A file with a list of questions as JSON, or standard input."""

    name = "file"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> list[Question]:
        """Return the questions of the file."""
        with click.open_file(str(value), "rb") as file:
            try:
                return _QUESTIONS.decode(file.read())
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                self.fail(f"it is not a list of questions ({error}): docs/questions.md has one", param, ctx)


OPTIONS = (
    click.option(
        "--duration-option",
        "duration_options",
        type=MINUTES,
        multiple=True,
        help="A duration that guests may choose, --duration among them; repeatable, replaces all; 0: no choice.",
    ),
    click.option(
        "--ask-phone", "location", flag_value="ask phone", help="The guest says where to be called."
    ),
    click.option("--ask-place", "location", flag_value="ask place", help="The guest says where to meet."),
    click.option(
        "--location-option",
        "location_options",
        multiple=True,
        help='A place that guests may choose instead, like --location, or "ask phone", "ask place", "room"; '
        'repeatable, replaces all; "none".',
    ),
    click.option(
        "--question",
        "question_lines",
        multiple=True,
        metavar="TEXT",
        help='"text!: What is it about?", "select: How far? = Starting | Done"; ! makes it required; repeatable, '
        'replaces all; "none".',
    ),
    click.option(
        "--questions",
        type=QuestionsFile(),
        metavar="FILE",
        help='Questions as "show --json" prints them, from a file or "-"; replaces all.',
    ),
    click.option(
        "--room-template",
        metavar="URL",
        help='A video room for each booking: "https://meet.jit.si/{room}"; "none".',
    ),
    click.option(
        "--room-webhook",
        metavar="URL",
        help='Who opens a video room for each booking; its secret is shown once, and renewed each time; "none".',
    ),
    click.option(
        "--redirect", "redirect_url", metavar="URL", help='Where guests go once they booked; "none".'
    ),
    click.option(
        "--redirect-particulars/--no-redirect-particulars",
        default=None,
        help="Whether that address is told the guest's name and mail address.",
    ),
    click.option("--thanks", help='What guests read once they booked; "none".'),
)


def rows(found: EventTypeView) -> Sequence[tuple[str, str]]:
    """Return the lines of `show` about the choices; only those that say something."""
    lines = [
        ("durations", ", ".join(f"{minutes} min" for minutes in found.duration_options)),
        ("or at", "; ".join(filter(None, found.location_options))),
        *(("question", _question(question)) for question in found.questions),
        ("room", found.room_template or found.room_webhook),
        ("room secret (shown once)", found.room_secret or ""),
        ("redirect", found.redirect_url),
        ("thanks", found.thanks),
    ]
    return [(name, text) for name, text in lines if text]


def _question(question: Question) -> str:
    mark = "!" if question.required else ""
    options = f" = {' | '.join(question.options)}" if question.options else ""
    return f"{question.type}/{question.id}{mark}: {question.label}{options}"
