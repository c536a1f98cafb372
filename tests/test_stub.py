"""The stub says what the module says: editors, `help()` and the docs show one text."""

import ast
import inspect
from pathlib import Path

import pytest

from ssewire import _core

STUB = Path(__file__).parent.parent / "python/ssewire/_core.pyi"


def documented() -> list[tuple[str, str | None]]:
    """The public names of the stub, and the docstring of each."""
    names = []
    for node in ast.parse(STUB.read_text("utf-8")).body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            names.append((node.name, ast.get_docstring(node)))
        if isinstance(node, ast.ClassDef):
            names += [
                (f"{node.name}.{member.name}", ast.get_docstring(member))
                for member in node.body
                if isinstance(member, ast.FunctionDef) and not member.name.startswith("__")
            ]
    return names


@pytest.mark.parametrize(("name", "docstring"), documented())
def test_docstring(name: str, docstring: str | None) -> None:
    found = _core
    for part in name.split("."):
        found = getattr(found, part)
    # Lines are as long as there is room beside the code.
    assert docstring
    assert (inspect.getdoc(found) or "").split() == docstring.split()


def test_all_members_are_there() -> None:
    assert {name for name, _ in documented()} >= {"Decoder.feed", "ServerSentEvent.json"}
