"""Requests of each shape, written from the neutral form."""
