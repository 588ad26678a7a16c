"""Where settings are looked up, and how what is wrong with them is collected."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from server.settings import values

T = TypeVar("T")

PREFIX = "DAYBOOK_"
SECRETS = frozenset({"secret_key", "mail.password", "sms.token", "sms.headers", "sms.body", "sms.url"})


class SettingsError(Exception):
    """Settings that cannot be used; each of `faults` names a setting, its value, where it stands, and the cure."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Sources:
    """What was given: by file (names joined by dots), by environment variable and by option, the last one first asked."""

    file_name: str
    file: Mapping[str, object]
    variables: Mapping[str, str]
    options: Mapping[str, str]


def variable(name: str) -> str:
    """Return the environment variable of a setting."""
    return PREFIX + name.replace(".", "_").upper()


def read_sources(file: Path | None, environ: Mapping[str, str], options: Mapping[str, str]) -> Sources:
    """Return what is given; raises `SettingsError` for a file that cannot be read."""
    variables = {name: value for name, value in environ.items() if name.startswith(PREFIX)}
    if file is None:
        return Sources("", {}, variables, options)
    try:
        found = tomllib.loads(file.read_text())
    except OSError as error:
        raise SettingsError((f"{file}: cannot be read: {error.strerror}",)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError((f"{file}: is not TOML: {error}",)) from error
    return Sources(str(file), _flat(found), variables, options)


class Reader:
    """Looks settings up and collects faults; a setting that is wrong reads as its default."""

    def __init__(self, sources: Sources) -> None:
        self.faults: list[str] = []
        self.known: set[str] = set()
        self._sources = sources

    def __call__(self, name: str, reader: Callable[[object], T], default: T) -> T:
        """Return a setting."""
        self.known.add(name)
        given = self._given(name)
        if given is None:
            return default
        try:
            return reader(given[0])
        except ValueError as error:
            self.fault(name, str(error))
            return default

    def secret(self, name: str, reader: Callable[[object], T], default: T) -> T:
        """Return a setting that may stand in a file of its own, which `NAME_file` names."""
        found = self(name, reader, default)
        file = self(f"{name}_file", values.optional_path, None)
        if file is None:
            return found
        if self._given(name) is not None:
            self.fault(name, f"must not be set beside {name}_file")
        try:
            return reader(file.read_text().strip())
        except OSError as error:
            self.fault(f"{name}_file", f"must be a file that can be read: {error.strerror}")
        except ValueError as error:
            self.fault(f"{name}_file", f"what it holds {error}")
        return default

    def fault(self, name: str, cure: str) -> None:
        """Note what a setting must be, with its value and where it stands; values of secrets are not repeated."""
        value, where = self._given(name) or ("", "not set")
        shown = '"…"' if name in SECRETS and value else _shown(value)
        self.faults.append(f"{name} = {shown} ({where}): {cure}")

    def refuse_unknown(self) -> None:
        """Note everything given that no setting is called, with the nearest name there is."""
        sources = self._sources
        for name in sorted(sources.file.keys() - self.known):
            self._unknown(name, sources.file_name, self.known)
        variables = {variable(name) for name in self.known}
        for name in sorted(sources.variables.keys() - variables):
            self._unknown(name, "environment", variables)

    def _unknown(self, name: str, where: str, known: set[str]) -> None:
        near = get_close_matches(name, known, 1, cutoff=0.5)
        advice = f"did you mean {near[0]}?" if near else "remove it; config/daybook.toml lists what there is"
        # Without its value, which may be a misspelt password's.
        self.faults.append(f"{name} ({where}): is no setting; {advice}")

    def _given(self, name: str) -> tuple[object, str] | None:
        sources = self._sources
        if name in sources.options:
            return sources.options[name], f"--{name}"
        if variable(name) in sources.variables:
            return sources.variables[variable(name)], variable(name)
        return (sources.file[name], sources.file_name) if name in sources.file else None


def _flat(table: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{name}.")
        else:
            found[prefix + name] = value
    return found


def _shown(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
