"""What happens to every request before and after its handler, outermost first: see `server.web.app`."""
