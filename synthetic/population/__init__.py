"""People with identity numbers, households and habits, and the places where they live."""
