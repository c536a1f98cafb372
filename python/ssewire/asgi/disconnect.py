"""`ClientDisconnect`: the client has gone before the end of its answer."""


class ClientDisconnect(Exception):
    """The client has gone before the end of its answer.

    Nobody raises it at you: it is what `on_end` is told. If a failed `send` showed it, what that
    raised is its `__cause__`.
    """
