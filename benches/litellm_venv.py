"""An environment of its own for LiteLLM, which wants other versions than those that are compared.

Made when it is first asked for, in `build/litellm`; some 750 MB.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import ssewire

ROOT = Path(__file__).parents[1]
VENV = ROOT / "build" / "litellm"
MARK = VENV / "ready"


def python() -> Path:
    """Its interpreter."""
    found = VENV / "bin" / "python"
    if not MARK.exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        pip = [str(found), "-m", "pip", "install", "--quiet"]
        # Older ones know no groups.
        subprocess.run([*pip, "--upgrade", "pip"], check=True)
        subprocess.run([*pip, "--group", "litellm"], check=True, cwd=ROOT)
        MARK.touch()
    return found


def version() -> str:
    """Which LiteLLM that is."""
    code = "from importlib.metadata import version; print(version('litellm'))"
    done = subprocess.run([str(python()), "-c", code], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def environment() -> dict[str, str]:
    """What its programs need: ssewire as it is here, and nothing from the network."""
    return {
        **os.environ,
        "PYTHONPATH": str(Path(ssewire.__file__).parents[1]),
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_LOG": "ERROR",
    }
