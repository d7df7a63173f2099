"""Addresses in China and abroad, and the administrative divisions that they name."""
