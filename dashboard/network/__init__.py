"""The network page's parts: the picture and what is done with it, what stands around it, what is taken out of it."""
