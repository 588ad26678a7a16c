"""Which of Debian's packages are installed."""

import shutil
import subprocess


def version(*packages: str) -> str | None:
    """Return the upstream version of the first package; None unless all are installed."""
    if shutil.which("dpkg-query") is None:
        return None
    form = "${Package} ${db:Status-Status} ${source:Upstream-Version}\n"
    asked = ["dpkg-query", "--show", f"--showformat={form}", *packages]
    lines = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.splitlines()
    installed = {name: found for name, status, found in map(str.split, lines) if status == "installed"}
    return installed[packages[0]] if installed.keys() == set(packages) else None
