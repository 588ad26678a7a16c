"""Use cases started by time instead of by a request."""
