"""A small gateway: one address and one key for many models, whatever shape their servers speak.

    python -m examples.gateway

A client asks in the shape that it knows, `/v1/chat/completions`, `/v1/messages` or `/v1/responses`;
the upstream behind a model speaks any of the three. Requests are translated here, in `requests/`;
their answers, as they come, by `ssewire.Relay`.
"""
