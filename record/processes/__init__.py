"""Processes on one machine: locks, memory, and an end when their parent ends."""
