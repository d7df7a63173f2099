"""Who is named in a record: persons, companies, their identity numbers and telephones."""
