"""`make conformance`: asks caldav-server-tester and the clients, writes docs/conformance.md, and exits with 1 when one objects."""

import platform
import sys
from importlib.metadata import version

from tests.conformance import clients, servers
from tests.conformance.page import PAGE, written


def main() -> int:
    """Write the page; name what is worse than the stock server or failed at a client."""
    features = servers.compare()
    runs = clients.run()
    tools = [
        f"caldav-server-tester {version('caldav-server-tester')} on python-caldav {version('caldav')}",
        f"Radicale {version('radicale')}",
        f"Python {platform.python_version()}",
    ]
    PAGE.write_text(written(features, runs, tools), encoding="utf-8")
    worse = [f"worse than stock: {feature.name}" for feature in features if feature.rank < 0]
    failed = [f"{run.client}: {sentence}" for run in runs for sentence in run.failed]
    print("\n".join([*worse, *failed]) or f"{PAGE.name}: no row is worse than stock, and no client objects")
    return 1 if worse or failed else 0


if __name__ == "__main__":
    sys.exit(main())
