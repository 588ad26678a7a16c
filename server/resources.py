"""Where the files that are not code lie: in the wheel under `server/bundled`, in a checkout beside `server`."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_BUNDLED = _PACKAGE / "bundled"


def templates_dir() -> Path:
    """Return the folder of the page and mail templates."""
    return _dir("templates")


def config_dir() -> Path:
    """Return the folder of `daybook.toml` with every default, and of the deployment examples."""
    return _dir("config")


def _dir(name: str) -> Path:
    # The wheel's own folder first: beside site-packages/server there may be somebody else's `templates`.
    bundled = _BUNDLED / name
    return bundled if bundled.is_dir() else _PACKAGE.parent / name
