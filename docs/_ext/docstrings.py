"""Docstrings as this project writes them, made ready for napoleon.

Types stand in annotations and never in docstrings. napoleon takes what is before a colon in a
property's first line, or in that of `Returns:`, for a type, so those lines get their type, or an
empty one, in front. For the core, which has no annotations at run time, the stub has them.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import ssewire

if TYPE_CHECKING:
    from sphinx.application import Sphinx

PACKAGE = "ssewire"
STUB = Path(ssewire.__file__).with_name("_core.pyi")
READABLE = {
    "_Item_co": "Chunk | StreamEvent",
    "MaybeNone": "None",
    "_object": "object",
    "_core.": "",
}


class Signature(NamedTuple):
    """What autodoc wants to know of a function."""

    arguments: str
    returns: str | None


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the handlers."""
    stub = Stub(ast.parse(STUB.read_text(encoding="utf-8")))
    # Before napoleon, whose priority is 500.
    app.connect("autodoc-process-docstring", stub.process_docstring, priority=100)
    app.connect("autodoc-process-signature", stub.process_signature)
    return {"parallel_read_safe": True}


class Stub:
    """The annotations of the core, by the public names of what they belong to."""

    def __init__(self, module: ast.Module) -> None:
        self.signatures: dict[str, Signature] = {}
        self.properties: dict[str, str] = {}
        for node in module.body:
            if isinstance(node, ast.FunctionDef):
                self._add(node, f"{PACKAGE}.{node.name}")
            elif isinstance(node, ast.ClassDef):
                for member in node.body:
                    if isinstance(member, ast.FunctionDef):
                        self._add(member, f"{PACKAGE}.{node.name}.{member.name}", bound=True)

    def _add(self, node: ast.FunctionDef, name: str, *, bound: bool = False) -> None:
        decorators = {ast.unparse(one) for one in node.decorator_list}
        returns = None if node.returns is None else _readable(ast.unparse(node.returns))
        if "property" in decorators:
            self.properties[name] = returns or ""
        elif node.name == "__new__":
            arguments = _arguments(node.args, bound=bound)
            self.signatures[name.removesuffix(".__new__")] = Signature(arguments, None)
        elif "overload" not in decorators:  # of those the run time's says more in less
            self.signatures[name] = Signature(_arguments(node.args, bound=bound), returns)

    def process_docstring(
        self, _app: Sphinx, what: str, name: str, thing: Any, _options: Any, lines: list[str]
    ) -> None:
        """Put types, or the lack of one, where napoleon looks for them."""
        if what == "module":  # there, what is indented after a colon is code
            for number, line in enumerate(lines):
                if line.endswith(":") and not line.startswith(" "):
                    lines[number] = f"{line}:"
        if what in ("attribute", "property") and lines:
            kind = self.properties.get(_where_defined(name, thing), "")
            lines[0] = f"{kind}: {lines[0]}"
        for number, line in enumerate(lines[:-1]):
            if line.strip() in ("Returns:", "Yields:"):
                text = lines[number + 1].lstrip()
                lines[number + 1] = lines[number + 1].removesuffix(text) + ": " + text

    def process_signature(
        self,
        _app: Sphinx,
        _what: str,
        name: str,
        thing: Any,
        _options: Any,
        arguments: str | None,
        returns: str | None,
    ) -> tuple[str | None, str | None]:
        """Take the signature from the stub if it is in there."""
        known = self.signatures.get(_where_defined(name, thing))
        return known or (arguments and _readable(arguments), returns and _readable(returns))


def _where_defined(name: str, thing: Any) -> str:
    """The name, with the class that defines the member where another one inherits it."""
    owner = getattr(thing, "__objclass__", None)
    return name if owner is None else f"{PACKAGE}.{owner.__name__}.{thing.__name__}"


def _arguments(arguments: ast.arguments, *, bound: bool) -> str:
    """The public arguments, without `self` or `cls`."""
    if bound:
        del (arguments.posonlyargs or arguments.args)[0]
    keywords = list(zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True))
    keywords = [(one, default) for one, default in keywords if not one.arg.startswith("_")]
    arguments.kwonlyargs = [one for one, _ in keywords]
    arguments.kw_defaults = [default for _, default in keywords]
    return f"({_readable(ast.unparse(arguments))})"


def _readable(annotation: str) -> str:
    """Without what only type checkers know."""
    for name, meaning in READABLE.items():
        annotation = annotation.replace(name, meaning)
    return annotation
