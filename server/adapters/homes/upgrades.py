"""From the format in which a file was written to the present one: a chain of pure steps for each kind of file.

Step n of a chain takes a document of format n to format n + 1. A file is upgraded when it is read and has the new format
from its next writing on, so a step must stay for as long as anybody may hold a file that needs it.
"""

from collections.abc import Callable, Sequence

Document = dict[str, object]
Upgrade = Callable[[Document], Document]

PROFILE: Sequence[Upgrade] = ()
TEAM: Sequence[Upgrade] = ()
EVENT_TYPE: Sequence[Upgrade] = ()
INVITE: Sequence[Upgrade] = ()


class FormatRefused(ValueError):
    """The document has no format that this release knows; the message says what to do."""


class FormatTooNew(FormatRefused):
    """The document was written by a later release."""


def newest(chain: Sequence[Upgrade]) -> int:
    """Return the format that the last step of `chain` leads to."""
    return len(chain) + 1


def upgrade(document: Document, chain: Sequence[Upgrade]) -> Document:
    """Return the document in the newest format; raises FormatRefused for one without format or from the future."""
    format_ = document.get("format")
    if not isinstance(format_, int) or isinstance(format_, bool) or format_ < 1:
        raise FormatRefused('it has no "format": put it back from a backup')
    if format_ > newest(chain):
        raise FormatTooNew(
            f"it was written by a newer Daybook (format {format_}; this one knows {newest(chain)}): install that release"
        )
    for at in range(format_, newest(chain)):
        document = {**chain[at - 1](document), "format": at + 1}
    return document
