"""What a typology is, and which there are: those of the package and an installation's own."""
