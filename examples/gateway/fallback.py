"""From a request to an answer that has begun: the first upstream whose stream brings content.

Until then its events are held back, so that the client never sees the beginnings of one that fails.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ssewire import Relay

from .answer import Answer
from .errors import Refusal
from .requests import RequestError, translate
from .upstreams import Unavailable, ask

if TYPE_CHECKING:
    import httpx2

    from .accounting import Account
    from .metrics import Metrics
    from .requests import Asked, Shape
    from .requests.members import Members
    from .settings import Model, Settings, Target


@dataclass(frozen=True)
class Asking:
    """What a client asks.

    Attributes:
        body: the body of its request.
        shape: the shape that it speaks.
        model: the model that it named.
        sees_usage: whether the usage of a chat is to be sent to it.
    """

    body: Members
    shape: Shape
    model: Model
    sees_usage: bool

    def of(self, target: Target) -> Asked:
        """The request as this upstream gets it.

        Raises:
            Refusal: if it cannot be asked there.
        """
        upstream = target.upstream
        try:
            return translate(
                self.body, self.shape, upstream.shape, target.model, count=upstream.counts
            )
        except RequestError as error:
            raise Refusal(400, str(error)) from error
        except RecursionError:
            raise Refusal(400, "the request is nested too deeply") from None

    def relay(self, target: Target, asked: Asked, settings: Settings) -> Relay:
        """What makes this client's stream of the upstream's."""
        return Relay(
            target.upstream.shape,
            to=self.shape,
            model=self.model.id if self.model.id != target.model else None,
            usage="pass" if self.sees_usage else "strip",
            created=int(time.time()),
            stop=asked.stop,
            hold=settings.hold,
            keep_text=False,
            whole_events=True,  # a half that was sent cannot be taken back
            max_event_size=settings.max_event,
        )


async def first_that_answers(
    client: httpx2.AsyncClient,
    asking: Asking,
    settings: Settings,
    account: Account,
    metrics: Metrics,
) -> Answer:
    """Ask one upstream after the other.

    Raises:
        Refusal: if none of them answers, in the words of the last that was asked.
    """
    last: Refusal | None = None
    for target in asking.model.targets:
        try:
            asked = asking.of(target)
        except Refusal as refusal:
            # The next one may speak an API that has words for it. If that one is down, to say so
            # counts for more: another try may help, where this says that another request must.
            last = last or refusal
            continue
        account.target = target
        relay = asking.relay(target, asked, settings)
        try:
            response = await ask(client, target.upstream, asked.body)
        except Unavailable as error:
            last = error.refusal
            metrics.fallbacks.labels(target.upstream.name).inc()
            continue
        answer = Answer(response, relay, asked, target.upstream, account)
        try:
            await answer.begin(settings.hold_seconds)
        except Unavailable as error:
            last = error.refusal
            metrics.fallbacks.labels(target.upstream.name).inc()
            await answer.close()
            continue
        except BaseException:
            await answer.close()
            raise
        return answer
    raise last or Refusal(502, "nobody answers for this model")
