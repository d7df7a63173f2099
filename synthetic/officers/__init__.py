"""What officers see: pictures of the scanners, and what an inspection finds."""
