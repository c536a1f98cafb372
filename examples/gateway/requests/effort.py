"""How much to think: an effort where a shape has words for it, or a number of tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .neutral import Thinking

# What the words of OpenAI are to the messages shape.
OF_MESSAGES = {
    "minimal": "low",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "xhigh": "xhigh",
    "max": "max",
}
BUDGETS = ((4_096, "low"), (16_384, "medium"))  # up to so many tokens; above, it is "high"


def of(thinking: Thinking) -> str | None:
    """The effort in OpenAI's words; `None` to leave it to the model."""
    if thinking.effort is not None or thinking.budget is None:
        return thinking.effort
    return next((word for most, word in BUDGETS if thinking.budget <= most), "high")
