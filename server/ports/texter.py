"""The way out for text messages."""

from typing import Protocol


class TextError(Exception):
    """A text message could not be handed over. `code` is a short status such as "400" or "connect"."""

    def __init__(self, code: str, *, permanent: bool) -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent


class Texter(Protocol):
    """The way out for text messages (SMS)."""

    @property
    def is_configured(self) -> bool:
        """Tell whether a text message can leave at all."""
        ...

    async def send(self, to: str, text: str, id_: str) -> None:
        """Hand over one message to a number in E.164 form; raises `TextError`.

        A repetition has the same `id_`, by which a gateway may know it again.
        """
        ...
