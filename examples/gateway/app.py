"""The gateway as an ASGI application: its routes, its page, and what they live on."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from . import errors
from .errors import Refusal
from .routes import Gateway
from .safety import SafeHeaders
from .settings import PATHS
from .upstreams import make_client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from .requests import Shape
    from .settings import Settings

PAGE = Path(__file__).parent / "page"


def create_app(settings: Settings) -> Starlette:
    """Make the application."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with make_client(settings) as client:
            app.state.gateway = gateway = Gateway(settings, client)
            try:
                yield
            finally:
                gateway.accounts.close()

    def models(_request: Request) -> JSONResponse:
        listed = [
            {
                "id": model.id,
                "upstream": model.targets[0].upstream.name,
                "shape": model.targets[0].upstream.shape,
            }
            for model in settings.models.values()
        ]
        return JSONResponse({"models": listed})

    return Starlette(
        routes=[
            Route("/", _index),
            Mount("/page", StaticFiles(directory=PAGE)),
            Route("/api/models", models),
            Route("/metrics", _metrics),
            *(Route(path, partial(_ask, shape), methods=["POST"]) for shape, path in PATHS.items()),
        ],
        middleware=[Middleware(SafeHeaders)],
        exception_handlers={404: _http_error, 405: _http_error, 500: _http_error},
        lifespan=lifespan,
    )


async def _index(_request: Request) -> FileResponse:
    return FileResponse(PAGE / "index.html")


async def _metrics(request: Request) -> Response:
    gateway: Gateway = request.app.state.gateway
    return Response(gateway.metrics.text(), headers={"content-type": CONTENT_TYPE_LATEST})


async def _ask(shape: Shape, request: Request) -> Any:
    gateway: Gateway = request.app.state.gateway
    return await gateway.answer(request, shape)


async def _http_error(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 500)
    words = {404: "there is nothing here", 405: "this method is not for this address"}
    refusal = Refusal(status, words.get(status, "the gateway has failed"))
    return errors.answer(_shape_at(request.url.path), refusal)


def _shape_at(path: str) -> Shape:
    # Whoever serves the gateway may have put it below another path.
    return next((shape for shape, end in PATHS.items() if path.endswith(end)), "chat")
