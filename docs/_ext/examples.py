"""The directive `example`: a file of `examples/`, whole, under its name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.directives.code import LiteralInclude

if TYPE_CHECKING:
    from docutils.nodes import Node
    from sphinx.application import Sphinx

LANGUAGES = {".py": "python", ".sh": "sh"}


class Example(LiteralInclude):
    """Includes `examples/NAME`, so that what is shown is what the tests run."""

    def run(self) -> list[Node]:
        """Include the file."""
        name = self.arguments[0]
        self.arguments[0] = f"/../examples/{name}"
        self.options.setdefault("caption", f"examples/{name}")
        self.options.setdefault("language", LANGUAGES[Path(name).suffix])
        return super().run()


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directive."""
    app.add_directive("example", Example)
    return {"parallel_read_safe": True}
