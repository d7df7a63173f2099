"""The circumstances of a consignment: who meets whom around it, and what is usual."""
