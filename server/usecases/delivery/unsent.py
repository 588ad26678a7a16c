"""Why a mail does not leave."""

from dataclasses import dataclass

from server.ports import MailState


@dataclass(frozen=True, slots=True)
class Over:
    """The mail shall not leave; this is what became of it."""

    state: MailState
    error: str | None = None


@dataclass(frozen=True, slots=True)
class NotNow:
    """The mail cannot be written at present; why."""

    error: str
