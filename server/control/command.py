"""What all requests have in common."""

import msgspec


class Command(msgspec.Struct, forbid_unknown_fields=True):
    """A request; a field that it does not have is refused, so that a misspelt one is not lost without a word."""
