"""An upstream's event stream through a relay to the client, for any ASGI framework and for none.

    from ssewire import Relay
    from ssewire.asgi import EventStreamResponse

    async def endpoint(request):
        upstream = client.send(client.build_request("POST", URL, json=body), stream=True)
        return EventStreamResponse(upstream, Relay("chat", keep_text=False), on_end=record)

`EventStreamResponse` is an ASGI application of its own: a Starlette endpoint returns it, and
elsewhere `await response(scope, receive, send)` sends it. FastAPI passes on only what is one of its
responses, which takes one line:

    from fastapi import Response

    class RelayedResponse(EventStreamResponse, Response): ...

Frameworks that stream from an iterator of bytes take `relay_stream`.

Needs asyncio; no framework and no library.
"""

from ssewire.asgi.disconnect import ClientDisconnect
from ssewire.asgi.generator import relay_stream
from ssewire.asgi.response import EventStreamResponse

__all__ = ["ClientDisconnect", "EventStreamResponse", "relay_stream"]
