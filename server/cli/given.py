"""From the options of a command to its request; an option that was not given says nothing."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias, TypeVar

import msgspec

from server.domain.questions import Question

T = TypeVar("T", bound=msgspec.Struct)

Option: TypeAlias = str | int | bool | tuple[str, ...] | Sequence[Question] | None


def request(kind: type[T], options: Mapping[str, Option], **more: Option) -> T:
    """Return the request of this kind whose fields are the options that were given."""
    given = {name: value for name, value in {**options, **more}.items() if value is not None and value != ()}
    return msgspec.convert(given, kind)
