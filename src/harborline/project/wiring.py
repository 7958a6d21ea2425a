"""Which adapter serves which port."""

from __future__ import annotations

import os

from django.conf import settings

from harborline.adapters.keys import DirectoryKeys
from harborline.adapters.simulator.carrier import SimulatedCarrier
from harborline.adapters.simulator.ports import InboundSink, ReceiptSink
from harborline.consent.listening import LapseAtContact, NumberEnds
from harborline.kernel import Invalid, ports
from harborline.ledger.ports import Sealer
from harborline.messaging.models import Sender
from harborline.messaging.ports import Carrier, CarrierMaker
from harborline.messaging.services import take_inbound, take_receipts
from harborline.people.ports import ContactListener, NumberListener
from harborline.project.home import keys_directory
from harborline.vault import services as vault
from harborline.vault.ports import KeyProvider


class VaultSealer:
    """The vault as the ledger's `Sealer`: the ledger stands below the vault and may not call it by name."""

    def seal(self, plaintext: bytes, *, group: str, context: str) -> bytes:
        """Seal under the newest key of the group."""
        return vault.seal(plaintext, group=group, context=context)

    def unseal(self, sealed: bytes, *, group: str, context: str) -> bytes:
        """Open."""
        return vault.unseal(sealed, group=group, context=context)

    def blind_index(self, kind: str, value: str) -> bytes:
        """Find equal values without reading them."""
        return vault.blind_index(kind, value)


class Simulators:
    """Makes the simulated carrier of one sender."""

    def make(self, sender: Sender) -> Carrier:
        """A carrier whose network is a table."""
        return SimulatedCarrier(program=sender.program, sender=sender.key, receipts=take_receipts)


class Twilios:
    """Makes the Twilio-compatible carrier of one sender from the operator's settings."""

    def make(self, sender: Sender) -> Carrier:
        """A carrier over HTTP; raises `Invalid` naming the setting that is missing."""
        from harborline.adapters.twilio.carrier import TwilioCarrier  # noqa: PLC0415 - aiohttp only where it is used

        return TwilioCarrier(
            account_sid=_setting("HARBORLINE_TWILIO_ACCOUNT_SID"),
            auth_token=_setting("HARBORLINE_TWILIO_AUTH_TOKEN"),
            sender_key=sender.key,
            number=sender.number,
            base_url=os.environ.get("HARBORLINE_TWILIO_BASE_URL", "https://api.twilio.com"),
            public_base=settings.PUBLIC_URL,
        )


def _setting(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise Invalid("is needed for a sender whose carrier is twilio", name)
    return value


def wire() -> None:
    """Serve every port of the product."""
    ports.serve(KeyProvider, DirectoryKeys(keys_directory()))
    ports.serve(Sealer, VaultSealer())
    ports.serve(ContactListener, LapseAtContact(), "consent")
    ports.serve(NumberListener, NumberEnds(), "consent")
    ports.serve(CarrierMaker, Simulators(), "simulator")
    ports.serve(CarrierMaker, Twilios(), "twilio")
    ports.serve(ReceiptSink, take_receipts)
    ports.serve(InboundSink, take_inbound)
