"""What is said, in both languages: sentences, statements as data, and the one place where they become words."""
