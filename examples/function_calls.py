"""Function calls: announced as they begin, accumulated, executed, answered, and the answer streamed.

The three lines:

    outcome = stream.until_done()
    for call in outcome.tool_calls:
        result = TOOLS[call.name](**call.parsed)

Run it: `python examples/function_calls.py`. It needs no key; `OPENAI_BASE_URL` names a real server.
"""

from __future__ import annotations

import json
import os
from typing import Any

import openai

import server
from ssewire.clients import sdk

PARAMETERS = {
    "type": "object",
    "properties": {
        "city": {"type": "string"},
        "days": {"type": "integer"},
        "unit": {"enum": ["celsius", "fahrenheit"]},
    },
    "required": ["city"],
}
DECLARED = [{"type": "function", "function": {"name": "get_forecast", "parameters": PARAMETERS}}]


def get_forecast(city: str, days: int = 1, unit: str = "celsius") -> list[dict[str, Any]]:
    """What a weather service would say."""
    week = [("rain", 17), ("sunny", 22), ("sunny", 24)]
    return [{"city": city, "sky": sky, "high": high, "unit": unit} for sky, high in week[:days]]


TOOLS = {"get_forecast": get_forecast}


def run(name: str | None, arguments: Any) -> Any:
    """Run a call. A model can name any function, with any arguments: it is told, nothing fails."""
    try:
        return TOOLS[name or ""](**arguments)
    except (KeyError, TypeError) as error:
        return {"error": repr(error)}


def main() -> None:
    """Ask, and go on until the model answers without a call."""
    server.offline("chat", "forecast")
    client = openai.OpenAI()
    messages: list[Any] = [{"role": "user", "content": "Coffee in Kyōto: where, and is it dry?"}]

    for _ in range(4):  # a model could call for ever
        with sdk.stream(
            client.chat.completions,
            model=os.environ["OPENAI_MODEL"],
            messages=messages,
            tools=DECLARED,
        ) as stream:
            for delta in stream.deltas():
                if delta.kind == "text":
                    print(delta.text, end="", flush=True)
                elif delta.kind == "tool_call":  # the name is known, the arguments are not yet
                    print(f"\n\n{delta.name} …", flush=True)
        print()

        outcome = stream.outcome
        if outcome.finish != "tool_calls":
            break
        completion = stream.snapshot()  # the message has to go back as it came
        assert completion is not None
        messages.append(completion["choices"][0]["message"])
        for call in outcome.tool_calls:
            content = json.dumps(run(call.name, call.parsed), ensure_ascii=False)
            print(f"{call.name}({call.arguments}) = {content}\n")
            messages.append({"role": "tool", "tool_call_id": call.id, "content": content})


if __name__ == "__main__":
    main()
