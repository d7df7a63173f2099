"""Files of any form, opened as rows: which files there are, what each one is, and how its rows are read."""
