"""`--rate`, and the options of the replay server that it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click

from ssewire.replay import ReplayOptions

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., object]")


def rate_option(pace: float) -> Callable[[F], F]:
    """The option, with a pace of its own for each command."""
    return click.option(
        "--rate",
        metavar="TOKENS",
        type=float,
        default=pace,
        show_default=True,
        help="Tokens, that is events, per second; 0 for as fast as it goes.",
    )


def replay_options(**options: object) -> ReplayOptions:
    """The options that were given on the command line.

    Raises:
        click.UsageError: one is not allowed; it says what is.
    """
    try:
        return ReplayOptions(**options)  # type: ignore[arg-type]
    except ValueError as error:
        raise click.UsageError(str(error)) from None
