"""What is public is listed, documented, and works as the README shows it."""

from __future__ import annotations

import gc
import inspect
import json
import re
import runpy
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import httpx
import pytest

import ssewire

if TYPE_CHECKING:
    from collections.abc import Iterator

README = Path(__file__).parents[1] / "README.md"
WIRE = Path(__file__).parent / "corpus" / "wire"
PUBLIC = [name for name in ssewire.__all__ if name != "__version__"]


def documented_members(name: str) -> Iterator[tuple[str, object]]:
    """The object and, of a class, what it and its own bases define in public."""
    thing = getattr(ssewire, name)
    yield name, thing
    for owner in inspect.getmro(thing) if inspect.isclass(thing) else ():
        if owner.__module__.startswith("ssewire"):
            fields = getattr(owner, "__dataclass_fields__", {})
            for member, value in vars(owner).items():
                # A field is told of by its class, and its default has no text of its own.
                if not member.startswith("_") and member not in fields:
                    yield f"{name}.{member}", value


def test_all_is_complete_and_unique() -> None:
    assert len(ssewire.__all__) == len(set(ssewire.__all__))
    for name in PUBLIC:
        assert getattr(ssewire, name), "some are imported when they are asked for"
    public = {
        name
        for name, value in vars(ssewire).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    assert public == set(PUBLIC)


def test_names_that_others_rely_on() -> None:
    assert set(PUBLIC) >= {
        *("Decoder", "ServerSentEvent", "encode_event", "encode_comment"),
        *("SSEError", "EventTooLarge"),
    }
    assert re.match(r"\d+\.\d+", ssewire.__version__)


@pytest.mark.parametrize("name", PUBLIC)
def test_documented(name: str) -> None:
    bare = [
        member
        for member, value in documented_members(name)
        if not (inspect.getdoc(value) or "").strip()
    ]
    assert bare == []


def test_package_is_documented() -> None:
    assert ssewire.__doc__


@pytest.mark.parametrize("name", PUBLIC)
def test_name_is_the_public_one(name: str) -> None:
    thing = getattr(ssewire, name)
    assert thing.__name__ == name
    assert thing.__module__.split(".")[0] == "ssewire"


def test_examples_of_the_readme(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = httpx.Response(200, content=(WIRE / "chat_simple.sse").read_bytes())
    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", lambda *_: answer)
    monkeypatch.chdir(tmp_path)
    text = README.read_text(encoding="utf-8")
    for block in re.finditer(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        example = tmp_path / "example.py"
        # Blank lines before it make the lines of a traceback those of the README.
        example.write_text("\n" * text.count("\n", 0, block.start(1)) + block[1], encoding="utf-8")
        runpy.run_path(str(example), run_name="__main__")
        gc.collect()  # what it left open is to fail here, and not in another test later
    expected = json.loads((WIRE / "chat_simple.json").read_text(encoding="utf-8"))
    assert expected["final_text"] in capsys.readouterr().out
