from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from reference import ReferenceDecoder
from ssewire import Decoder

if TYPE_CHECKING:
    from replay import AnyDecoder

settings.register_profile("default", max_examples=300, deadline=None)
settings.register_profile("long", max_examples=5_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(params=[Decoder, ReferenceDecoder], ids=["ssewire", "reference"])
def decoder_class(request: pytest.FixtureRequest) -> type[AnyDecoder]:
    """The decoder and its oracle: tables of cases hold for both."""
    chosen: type[AnyDecoder] = request.param
    return chosen
