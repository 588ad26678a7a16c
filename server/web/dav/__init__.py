"""The mount of Radicale under `/dav/`."""
