"""Requests of each shape, read into the neutral form."""
