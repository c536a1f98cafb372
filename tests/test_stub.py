"""The stub says what the module says: editors, `help()` and the docs show one text."""

import ast
import inspect
from pathlib import Path

import pytest

from ssewire import _core

STUB = Path(__file__).parent.parent / "python/ssewire/_core.pyi"


def documented() -> dict[str, str | None]:
    """The public names of the stub, and the docstring of each; of overloads, that of the first."""
    names: dict[str, str | None] = {}
    for node in ast.parse(STUB.read_text("utf-8")).body:
        if not isinstance(node, (ast.ClassDef, ast.FunctionDef)) or node.name.startswith("_"):
            continue
        names[node.name] = ast.get_docstring(node)
        for member in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(member, ast.FunctionDef) and not member.name.startswith("__"):
                names.setdefault(f"{node.name}.{member.name}", ast.get_docstring(member))
    return names


@pytest.mark.parametrize(("name", "docstring"), documented().items())
def test_docstring(name: str, docstring: str | None) -> None:
    found = _core
    for part in name.split("."):
        found = getattr(found, part)
    # Lines are as long as there is room beside the code.
    assert docstring
    assert (inspect.getdoc(found) or "").split() == docstring.split()


@pytest.mark.parametrize("name", [name for name in _core.__all__ if not name.startswith("_")])
def test_all_members_are_there(name: str) -> None:
    thing = getattr(_core, name)
    members = vars(thing) if isinstance(thing, type) else ()
    public = {f"{name}.{member}" for member in members if not member.startswith("_")}
    assert {name, *public} <= documented().keys()
