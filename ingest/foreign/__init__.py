"""Tables with other people's columns: what a mapping file says, how values are converted, and how a first mapping is guessed."""
