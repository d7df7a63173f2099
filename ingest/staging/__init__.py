"""Rows on their way to the lake, which no reader sees before their batch is committed."""
