"""LiteLLM's proxy in a process of its own, and its SDK without one.

As a program, for the environment that `litellm_venv` makes: prints, as JSON, what the SDK takes for
each stream of the upstream, the first argument; the others are the streams' forms.
"""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import urlopen

import litellm_venv

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 300
"""Seconds that it may take to start."""
CHAT, MESSAGES = "chat", "chat to messages"
PATHS = {CHAT: "v1/chat/completions", MESSAGES: "v1/messages"}
PROVIDERS = {CHAT: "openai", MESSAGES: "hosted_vllm"}
"""What it has to be told for it to ask for chat completions."""
HI = [{"role": "user", "content": "Hi"}]
SETTINGS = {"dangerously_permit_weak_or_unset_master_key": True}
"""It listens on the loopback only, and has no key that it could give away."""
ROUNDS = 3
LOGGED = 0.2
"""Seconds after which it has logged what it has streamed."""


def model(route: str, name: str) -> str:
    """The name of a model of the proxy, for an upstream of that name."""
    return f"{route.replace(' ', '-')}-{name}"


@contextmanager
def proxy(upstreams: dict[str, str], headers: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Runs it, with models for upstreams by name. Yields its URL, and the id of its process."""
    models = [
        {
            "model_name": model(route, name),
            "litellm_params": {
                "model": f"{PROVIDERS[route]}/any",
                "api_base": url,
                "api_key": "none",
                "extra_headers": headers,
            },
        }
        for route in PATHS
        for name, url in upstreams.items()
    ]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = litellm_venv.python().with_name("litellm")
    with TemporaryDirectory() as folder:
        # What is JSON is YAML too.
        config = Path(folder, "config.yaml")
        config.write_text(json.dumps({"model_list": models, "general_settings": SETTINGS}))
        command = [
            str(program),
            "--config",
            str(config),
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
        ]
        with subprocess.Popen(
            command,
            cwd=folder,
            env=litellm_venv.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as it:
            try:
                url = f"http://127.0.0.1:{port}"
                wait_until_it_answers(it, f"{url}/health/liveliness")
                yield url, it.pid
            finally:
                it.terminate()


def wait_until_it_answers(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + PATIENCE
    while not answers(url):
        assert process.poll() is None, "LiteLLM's proxy has ended"
        assert time.monotonic() < until, "LiteLLM's proxy does not start"
        time.sleep(0.2)


def answers(url: str) -> bool:
    try:
        with urlopen(url):
            return True
    except (URLError, ConnectionError):
        return False


async def ask(route: str, url: str) -> Any:
    import litellm  # type: ignore[import-not-found]

    model = f"{PROVIDERS[route]}/any"
    given: dict[str, Any] = {"api_base": url, "api_key": "none", "messages": HI, "stream": True}
    if route == CHAT:
        return await litellm.acompletion(model=model, **given)
    return await litellm.anthropic_messages(model=model, max_tokens=1, **given)


async def cost(route: str, url: str) -> float:
    """Nanoseconds of CPU for the whole answer."""
    start = time.process_time_ns()
    async for _ in await ask(route, url):
        pass
    await asyncio.sleep(LOGGED)
    return time.process_time_ns() - start


async def costs(upstream: str, forms: list[str]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for form in forms:
        url = f"{upstream}/{form}/v1"
        found[form] = {
            route: min([await cost(route, url) for _ in range(ROUNDS)]) for route in PATHS
        }
    return found


def sdk(upstream: str, forms: list[str]) -> dict[str, dict[str, float]]:
    """Nanoseconds of CPU for a whole answer by the SDK, by form and route."""
    command = [str(litellm_venv.python()), __file__, upstream, *forms]
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, env=litellm_venv.environment()
    )
    found: dict[str, dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    print(json.dumps(asyncio.run(costs(sys.argv[1], sys.argv[2:]))))
