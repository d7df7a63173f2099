"""The loop of control over many weeks, on a world whose actors learn too."""
