"""Answers around an HTTP client: read, limited in time, given back."""

from ssewire.stream.asynchronous import AsyncStream
from ssewire.stream.observer import Observer
from ssewire.stream.sync import Stream

__all__ = ["AsyncStream", "Observer", "Stream"]
