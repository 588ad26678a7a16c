"""What happens to every request before and after its handler, in the order of `entrance`."""
