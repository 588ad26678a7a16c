"""How event types are named on the command line."""

from server.cli.refusals import Failed


def home_and_slug(text: str) -> tuple[str, str]:
    """Return the two parts of HOST/SLUG; raises `Failed` for anything else."""
    home, slash, slug = text.partition("/")
    if not slash or not home or not slug:
        raise Failed(f"“{text}” is no address of an event type: write it as alice/intro")
    return home, slug
