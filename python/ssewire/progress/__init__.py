"""`Progress`: how far a stream has come, and how fast."""

from ssewire.progress.values import Gaps, Progress

__all__ = ["Gaps", "Progress"]
