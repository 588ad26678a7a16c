"""Letters in words: `templates/email/<kind>/` rendered in the reader's language, their styles written into the tags."""

import re
from functools import cache
from pathlib import Path

import css_inline
from jinja2 import Environment

from server.adapters.mail.page import page_of
from server.domain.site import Site
from server.i18n.environment import make_environment
from server.i18n.translator import translator
from server.ports import Letter, Words

# What a template leaves out leaves its lines behind.
_EMPTY = re.compile(r"\n(?:[ \t]*\n){2,}")


class TemplateStationery:
    """Writes letters for one site from the templates in a folder."""

    def __init__(self, site: Site, folder: Path) -> None:
        self._site = site
        # Many mail programs ignore <style>; those that know dark mode read the media query that stays in it.
        self._inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
        self._environment = cache(self._made)
        self._folder = folder

    def write(self, letter: Letter) -> Words:
        """Return the words of a letter."""
        reader = letter.host if letter.attendee is None else letter.attendee
        speaks = translator(reader.language)
        page = page_of(letter, speaks, reader.zone, self._site)
        environment = self._environment(speaks.language)
        subject, text, html = (
            environment.get_template(f"email/{letter.kind.value}/{name}").render(page=page)
            for name in ("subject.txt", "body.txt", "body.html")
        )
        return Words(subject.strip(), _EMPTY.sub("\n\n", text.strip()) + "\n", self._inliner.inline(html))

    def _made(self, language: str) -> Environment:
        return make_environment(self._folder, translator(language).texts, {"site": self._site.name})
