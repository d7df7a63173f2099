"""The results of a run as they are kept in its folder, and how everybody reads them."""
