"""JSON of anybody: no more than what another reader of JSON takes, too."""

from __future__ import annotations

import json
import math
from typing import Any


def loads(text: str | bytes | bytearray) -> Any:
    """Read it.

    Raises:
        ValueError: if it is none, or nested too deeply, or has a number that is none.
    """
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _finite(digits: str) -> float:
    # 1e999 would be read as infinity, and written as what nobody reads.
    number = float(digits)
    if math.isinf(number):
        raise ValueError("a number is too large")
    return number
