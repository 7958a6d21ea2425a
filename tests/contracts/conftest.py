"""What the contract suites begin with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.peers.carrier_stub import CarrierStub, carrier_stub


@pytest.fixture(scope="session")
def stub_process() -> Iterator[CarrierStub]:
    """One loopback carrier for the session."""
    with carrier_stub() as stub:
        yield stub


@pytest.fixture
def stub(stub_process: CarrierStub) -> Iterator[CarrierStub]:
    """The loopback carrier, with good manners before and after."""
    manners: dict[str, str | float | bool] = {"fault": "none", "every": 1, "receipts": "none", "endings": False}
    stub_process.behave(**manners)
    yield stub_process
    stub_process.behave(**manners)
