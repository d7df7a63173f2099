"""Learned detection: what officers' findings teach about the network around a consignment.

The tree needs nothing beyond the default install; the network needs the extra `gnn` (torch, torch-geometric).
"""
