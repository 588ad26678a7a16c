"""Pages from templates, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web
from jinja2 import Environment

from server.domain.site import Site
from server.i18n.environment import make_environment
from server.i18n.translator import Translator
from server.resources import templates_dir
from server.web.problems import MAILS, Problem
from server.web.reading.reader import reader_of
from server.web.static_files import static_url

NO_STORE: Mapping[str, str] = {"Cache-Control": "no-store", "Vary": "Accept-Language"}


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """A refusal as a page: `code` chooses the words, `request_id` is for those who ask the operator."""

    code: str
    status: int
    retry_after_min: int
    request_id: str


class Pages:
    """Renders pages. Every template gets `page`, one frozen dataclass, beside `reader` and `site`."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._environments: dict[str, Environment] = {}

    def reader(self, request: web.BaseRequest) -> Translator:
        """Return who reads the answer to a request."""
        return reader_of(request, self._site.language)

    def render(self, reader: Translator, template: str, page: object) -> str:
        """Return the page's HTML."""
        found = self._environment(reader).get_template(template)
        return found.render(page=page, reader=reader)

    def respond(
        self, request: web.BaseRequest, template: str, page: object, *, status: int = 200
    ) -> web.Response:
        """Answer with a page that is for this reader alone, or changes with every request."""
        text = self.render(self.reader(request), template, page)
        return web.Response(text=text, content_type="text/html", status=status, headers=dict(NO_STORE))

    def problem(self, request: web.BaseRequest, problem: Problem, request_id: str) -> web.Response:
        """Answer with the page that explains a refusal."""
        minutes = -(-(problem.retry_after_s or 0) // 60)
        code = "too_many_mails" if problem.more.get("reason") == MAILS else problem.code
        page = ProblemPage(code, problem.status, minutes, request_id)
        response = self.respond(request, "parts/problem.html", page, status=problem.status)
        response.headers.update(problem.headers())
        return response

    def _environment(self, reader: Translator) -> Environment:
        found = self._environments.get(reader.language)
        if found is None:
            names = {"site": self._site, "static_url": static_url}
            found = make_environment(templates_dir(), reader.texts, names)
            self._environments[reader.language] = found
        return found
