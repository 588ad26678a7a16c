"""The pages a host sees behind a login."""
