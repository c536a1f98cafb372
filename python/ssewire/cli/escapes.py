"""What a server sent, written so that it cannot steer the terminal."""

from __future__ import annotations

# What would move the cursor, end the line, turn the writing around, or cannot be written: controls,
# the separators of lines and paragraphs, bidirectional controls, lone surrogates out of JSON.
_NOT_PART_OF_A_LINE = (
    *range(0x20),
    *range(0x7F, 0xA0),
    0x061C,
    *range(0x200E, 0x2010),
    *range(0x2028, 0x202F),
    *range(0x2066, 0x206A),
    *range(0xD800, 0xE000),
)
_IN_A_LINE = {code: chr(code).encode("unicode_escape").decode() for code in _NOT_PART_OF_A_LINE}
_IN_A_TEXT = {code: escape for code, escape in _IN_A_LINE.items() if chr(code) not in "\n\t"}
# Of the lowest, JSON escapes those in strings itself; the others are its own white space.
_IN_JSON = {code: f"\\u{code:04x}" for code in _NOT_PART_OF_A_LINE if code >= 0x7F}


def one_line(text: str) -> str:
    """The text with everything that is not part of a line written as an escape."""
    return text.translate(_IN_A_LINE)


def readable(text: str) -> str:
    """The same with line ends and tabs as they are."""
    return text.translate(_IN_A_TEXT)


def harmless_json(json: str) -> str:
    """JSON that means the same, with escapes that are JSON's."""
    return json.translate(_IN_JSON)
