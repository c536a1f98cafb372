"""A fenced block of Markdown code, from the end of its opening run to its closing line."""

from __future__ import annotations

import re

# A longer run is a line drawn, no fence.
LONGEST_FENCE = 80
# Of each line so much is looked at for the closing run.
_KEPT = 3 * LONGEST_FENCE


class Fence:
    """Reads on until the fence is closed, each character once.

    Attributes:
        size: the length of the opening run.
        inside: whether more of the block follows.
        valid: `False` if it was inline code after all: a backtick came in the opening line.
    """

    def __init__(self, character: str, size: int) -> None:
        self.size = size
        self.inside = True
        self.valid = True
        self._backticks = character == "`"
        self._opening_line = True
        self._line = ""
        self._closing = re.compile(rf"\s*{character}{{{size},}}\s*")

    def read(self, text: str, position: int) -> int:
        """Read on in the text; return how far the block goes, not beyond its last line break."""
        while position < len(text):
            line_break = text.find("\n", position)
            end = len(text) if line_break < 0 else line_break
            if self._opening_line:
                tick = text.find("`", position, end) if self._backticks else -1
                if tick >= 0:
                    self.inside = self.valid = False
                    return tick
            elif len(self._line) < _KEPT:
                self._line += text[position : min(end, position + _KEPT)]
            if line_break < 0:
                return end
            if not self._opening_line and self._closing.fullmatch(self._line[:_KEPT]):
                self.inside = False
                return line_break
            self._opening_line = False
            self._line = ""
            position = line_break + 1
        return position
