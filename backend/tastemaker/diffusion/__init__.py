"""Text becomes pictures: a library of its own, ignorant of HTTP, queue and database.

Importing this package alone loads no torch.
"""
