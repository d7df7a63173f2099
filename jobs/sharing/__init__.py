"""Bundles: what one office gives to another, and takes from it."""
