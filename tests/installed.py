"""Programs and packages that only some tests need: found, else a skip that tells what is missing.

Where `CI` or `SSEWIRE_REQUIRE` is set, what is missing is a failure. `make machine` installs it.
"""

from __future__ import annotations

import importlib
import os
import shutil
from typing import TYPE_CHECKING, NoReturn

import pytest

if TYPE_CHECKING:
    from types import ModuleType

# Debian keeps servers where only root looks.
PLACES = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])


def program(*names: str) -> str:
    """The path of the first of these that is there."""
    for name in names:
        if path := shutil.which(name, path=PLACES):
            return path
    return _missing(names[0])


def package(name: str) -> ModuleType:
    """The package, imported."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return _missing(f"the package {name}")


def _missing(what: str) -> NoReturn:
    words = f"{what} is not installed: make machine"
    if any(os.environ.get(name, "0") not in ("", "0") for name in ("CI", "SSEWIRE_REQUIRE")):
        pytest.fail(words)
    pytest.skip(words)
