"""Letters in words: `templates/email/<kind>/` rendered in the reader's language, their styles written into the tags.

Text messages are `templates/sms/<kind>.txt`.
"""

import re
from functools import cache
from pathlib import Path

import css_inline
from jinja2 import Environment

from server.adapters.mail.invite_page import invite_page
from server.adapters.mail.page import page_of
from server.domain import gsm
from server.domain.plain import line
from server.domain.site import Site
from server.i18n.environment import make_environment
from server.i18n.translator import Translator, translator
from server.ports import InviteLetter, Letter, MailKind, Words

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
        reader = letter.reader
        speaks = translator(reader.language)
        page = page_of(letter, speaks, reader.zone, self._site)
        return self._words(letter.kind, speaks, page)

    def write_invite(self, letter: InviteLetter) -> Words:
        """Return the words of an invite."""
        speaks = translator(letter.invite.language)
        return self._words(MailKind.INVITE, speaks, invite_page(letter, speaks))

    def _words(self, kind: MailKind, speaks: Translator, page: object) -> Words:
        environment = self._environment(speaks.language)
        subject, text, html = (
            environment.get_template(f"email/{kind.value}/{name}").render(page=page)
            for name in ("subject.txt", "body.txt", "body.html")
        )
        return Words(subject.strip(), _EMPTY.sub("\n\n", text.strip()) + "\n", self._inliner.inline(html))

    def text(self, letter: Letter) -> str:
        """Return the words of a letter as a text message: without the place, then with less of the title, until it fits."""
        reader = letter.reader
        speaks = translator(reader.language)
        page = page_of(letter, speaks, reader.zone, self._site)
        template = self._environment(speaks.language).get_template(f"sms/{letter.kind.value}.txt")
        place, title, text = line(page.place), page.title, ""
        for shown_place, shown_title in (
            (place, title),
            *(("", _cut(title, most)) for most in (len(title), 40, 20, 10)),
        ):
            text = gsm.plain(template.render(page=page, title=shown_title, place=shown_place).strip())
            if gsm.fits(text):
                break
        return text

    def _made(self, language: str) -> Environment:
        return make_environment(self._folder, translator(language).texts, {"site": self._site.name})


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
