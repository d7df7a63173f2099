"""The app database: accounts, sessions, audit, decisions, cases, what officers keep for themselves."""
