"""What a delta is to the oracle: a dict with every member, `None` where it does not apply."""

from __future__ import annotations

from typing import Any, TypeAlias

Delta: TypeAlias = "dict[str, Any]"

MEMBERS = (
    *("kind", "index", "text", "call", "id", "name", "type"),
    *("role", "model", "reason", "value", "error"),
)


def delta(kind: str, index: int | None = None, **members: Any) -> Delta:
    assert set(members) <= set(MEMBERS)
    return dict.fromkeys(MEMBERS) | {"kind": kind, "index": index} | members


def piece(kind: str, index: int | None, text: str | None, **members: Any) -> list[Delta]:
    """A textual delta, or none: an empty piece is nothing to tell."""
    return [delta(kind, index, text=text, **members)] if text else []
