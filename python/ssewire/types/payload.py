"""What every object within a payload has, whatever it is."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

Sometimes: TypeAlias = Any
"""`X | Sometimes`: an `X` in the variants that have it. Nobody is made to check for the others."""


class Payload(Protocol):
    """An object within a payload."""

    def to_dict(self, **options: Any) -> dict[str, Any]:
        """The object unchanged, as a dict; see `Chunk.to_dict`."""
        ...

    def to_json(self, **options: Any) -> str:
        """The object as JSON, character by character as it came; see `Chunk.to_json`."""
        ...

    def model_dump(self, **options: Any) -> dict[str, Any]:
        """The same as `to_dict`, under the name that pydantic has for it."""
        ...

    def model_dump_json(self, **options: Any) -> str:
        """The same as `to_json`, under the name that pydantic has for it."""
        ...

    def __getattr__(self, name: str, /) -> Any: ...


class ErrorObject(Payload, Protocol):
    """An error, as it was sent; `Delta.error` and `Outcome.error` say the same in one form."""

    type: str | None
    code: str | Sometimes | None
    message: str
    param: str | Sometimes | None
