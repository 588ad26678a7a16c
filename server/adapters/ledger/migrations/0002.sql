-- App passwords: a digest that is keyed with the server's secret. What a host calls each one stands in the profile.
CREATE TABLE app_passwords (
    id TEXT PRIMARY KEY,
    home TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    made_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;

CREATE INDEX app_passwords_of_home ON app_passwords (home, made_at);
