"""Asks libical, as Evolution and GNOME Calendar use it: in Debian's Python, which alone has its bindings.

Run as a script it is the other side: a JSON question a line in, a JSON answer a line out.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType

PYTHON = "/usr/bin/python3"
GAVE_UP = "gave up"


def asked(questions: Sequence[Mapping[str, object]], patience_s: float = 0.3) -> list[object]:
    """Return libical's answers, in the order of the questions; GAVE_UP where one took too long.

    libical walks to the year 2582 for a rule that never matches again.
    """
    answers: list[object] = []
    while len(answers) < len(questions):
        lines = "".join(f"{json.dumps(question)}\n" for question in questions[len(answers) :])
        command = [PYTHON, str(Path(__file__).resolve()), str(patience_s)]
        done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=300, check=False)
        answers += [json.loads(line) for line in done.stdout.splitlines()]
        if done.returncode == -signal.SIGALRM:
            answers.append(GAVE_UP)
        elif done.returncode != 0:
            raise RuntimeError(done.stderr)
    return answers


def is_here() -> bool:
    """Tell whether Debian's Python has libical's bindings."""
    if not Path(PYTHON).exists():
        return False
    return subprocess.run([PYTHON, __file__, "--try"], capture_output=True, check=False).returncode == 0


def _answer(patience_s: float) -> None:
    import gi

    gi.require_version("ICalGLib", "3.0")
    from gi.repository import ICalGLib

    def starts(rule: str, dtstart: str, after: str, before: str) -> list[str] | None:
        read = ICalGLib.Recurrence.new_from_string(rule)
        try:
            iterator = ICalGLib.RecurIterator.new(read, ICalGLib.Time.new_from_string(dtstart))
        except TypeError:  # how the bindings say NULL: libical refuses the rule
            return None
        found: list[str] = []
        while not (at := iterator.next()).is_null_time() and (text := at.as_ical_string()) < before:
            if text >= after:
                found.append(text)
        return found

    def offsets(zone: str, walls: list[str]) -> list[int]:
        read = ICalGLib.Timezone.new()
        if not read.set_component(ICalGLib.Component.new_from_string(zone)):
            raise ValueError("libical does not read the VTIMEZONE")
        return [read.get_utc_offset(ICalGLib.Time.new_from_string(wall))[0] for wall in walls]

    answers: dict[str, Callable[..., object]] = {
        "starts": starts,
        "offsets": offsets,
        "span": partial(_span, ICalGLib),
    }
    for line in sys.stdin:
        question = json.loads(line)
        # Not caught: it ends the process, since nothing else stops a loop in C.
        signal.setitimer(signal.ITIMER_REAL, patience_s)
        print(json.dumps(answers[question.pop("ask")](**question)), flush=True)


def _span(ical: ModuleType, text: str) -> list[int]:
    """Return start and end of the first VEVENT, by the VTIMEZONE beside it (epoch seconds)."""
    vevent = ical.Component.new_from_string(text).get_first_component(ical.ComponentKind.VEVENT_COMPONENT)
    return [at.as_timet_with_zone(at.get_timezone()) for at in (vevent.get_dtstart(), vevent.get_dtend())]


if __name__ == "__main__":
    if sys.argv[1:] == ["--try"]:
        sys.stdin.close()
        import gi

        gi.require_version("ICalGLib", "3.0")
        from gi.repository import ICalGLib  # noqa: F401 - whether it can be had is the question
    else:
        _answer(float(sys.argv[1]))
