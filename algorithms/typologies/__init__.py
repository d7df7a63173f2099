"""Typologies, each in one file of its name; the folders go by where a typology shows."""
