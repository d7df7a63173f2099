"""What is used of PyTorch Geometric, imported in one place.

It still calls what torch has deprecated; a user could do nothing about these warnings, so they are left out.
"""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from torch_geometric.nn import SAGEConv

__all__ = ["SAGEConv"]
