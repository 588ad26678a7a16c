"""A demo server that real calendar clients talk to."""

from tests.system.conftest import running

__all__ = ["running"]
