"""What shows by tables and facts beside the lists: images, watchlists, tax, signatures."""
