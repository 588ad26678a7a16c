"""Commands of operators: requests in, plain results out, the same in the server's process and without one."""
