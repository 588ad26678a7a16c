"""The environment that every template is rendered in, pages and mails alike; one for each language."""

from collections.abc import Mapping
from pathlib import Path

from babel.support import NullTranslations
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape


def make_environment(folder: Path, texts: NullTranslations, names: Mapping[str, object]) -> Environment:
    """Return an environment for the templates in `folder`: texts from a catalogue, `names` known to every template.

    Everything but `.txt` is escaped; a name that is not there is an error and never an empty place.
    """
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(disabled_extensions=("txt",), default_for_string=True, default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
    )
    environment.policies["ext.i18n.trimmed"] = True  # as config/babel.cfg reads them
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        texts.gettext, texts.ngettext, newstyle=True
    )
    environment.globals.update(names)
    return environment
