"""Which adapter serves which port."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache

from django.conf import settings

from harborline.adapters.alerts import ConsoleAlerts
from harborline.adapters.kannel.accounts import KannelAccount, KannelAccounts
from harborline.adapters.kannel.carrier import KannelCarrier
from harborline.adapters.keys.files import read_or_make
from harborline.adapters.simulator.carrier import SimulatedCarrier
from harborline.adapters.simulator.ports import InboundSink, ReceiptSink
from harborline.adapters.twilio.accounts import DEFAULT_BASE_URL, TwilioAccount, TwilioAccounts
from harborline.adapters.twilio.carrier import TwilioCarrier
from harborline.consent.services import LapseAtContact, NumberEnds
from harborline.disclosure.services import RegistryTasks
from harborline.kernel import Invalid, NotFound, ports
from harborline.law import profiles
from harborline.ledger.ports import Sealer
from harborline.ledger.published import Directory
from harborline.ledger.witness_command import KEY, made_witness
from harborline.messaging.accepting.inbound import InboundNews
from harborline.messaging.models import Sender
from harborline.messaging.ports import Carrier, CarrierMaker, InboundListener, OnCallAlert, SessionWatch
from harborline.messaging.services import take_inbound, take_receipts
from harborline.oversight.incident_facts import clocks
from harborline.people.ports import ContactListener, NumberListener, ProtectionListener
from harborline.project.backup.gate import LeaseGate
from harborline.project.backup.registers import PublishedOutside, RoomRegisters
from harborline.project.carrying import serve_carriers
from harborline.project.contacting import serve_contact
from harborline.project.documenting import serve_documents
from harborline.project.exchanging import serve_exchange
from harborline.project.home import home, keys_directory, log_directory
from harborline.project.keyholding import serve_keys
from harborline.project.portaling import serve_portal
from harborline.project.projections import serve_projections
from harborline.project.retaining import serve_retention
from harborline.project.sessions import StaffSessions, end_texts_with_sessions
from harborline.project.sweeping import serve_sweeping
from harborline.project.watching import serve_work
from harborline.recovery.ports import LogOutside, Registers, SenderGate
from harborline.sites.gateway.ports import PublishedLog, WitnessDesk
from harborline.vault import services as vault
from harborline.vendors.gate import StandingGate
from harborline.vendors.ports import VendorGate
from harborline.vendors.screening.lists import shipped as shipped_lists
from harborline.walls import ALL_COUNTIES, Actor, acting


class VaultSealer:
    """The vault as the ledger's `Sealer`: the ledger stands below the vault and may not call it by name."""

    def seal(self, plaintext: bytes, *, group: str, context: str) -> bytes:
        """Seal under the newest key of the group."""
        return vault.seal(plaintext, group=group, context=context)

    def seal_many(self, plaintexts: Sequence[bytes], *, group: str, contexts: Sequence[str]) -> list[bytes]:
        """Seal many."""
        return vault.seal_many(plaintexts, group=group, contexts=contexts)

    def unseal(self, sealed: bytes, *, group: str, context: str) -> bytes:
        """Open."""
        return vault.unseal(sealed, group=group, context=context)

    def key_is_gone(self, sealed: bytes, *, group: str) -> bool:
        """Destroyed, not lost."""
        return vault.keyring().is_gone(group, vault.key_number(sealed))

    def blind_index(self, kind: str, value: str) -> bytes:
        """Find equal values without reading them."""
        return vault.blind_index(kind, value)

    def blind_indexes(self, kind: str, values: Sequence[str]) -> list[bytes]:
        """Find many."""
        return vault.blind_indexes(kind, values)


class Simulators:
    """Makes the simulated carrier of one sender."""

    def make(self, sender: Sender) -> Carrier:
        """A carrier whose network is a table."""
        return SimulatedCarrier(program=sender.program, sender=sender.key, receipts=take_receipts)


class KannelSenders:
    """The senders behind the agency's own Kannel gateway: finds their accounts and makes their carriers."""

    def __init__(self) -> None:
        self._known: dict[str, KannelAccount] = {}

    def named(self, sender: str) -> KannelAccount:
        """The account of the sender with this key, read once; raises `NotFound`."""
        if sender not in self._known:
            self._known[sender] = _kannel_account(_sender_row(sender, "kannel"))
        return self._known[sender]

    def make(self, sender: Sender) -> Carrier:
        """A carrier over HTTP; raises `Invalid` naming the setting that is missing."""
        return KannelCarrier(_kannel_account(sender))


class TwilioSenders:
    """The senders whose carrier is Twilio-compatible: finds their accounts and makes their carriers."""

    def __init__(self) -> None:
        self._known: dict[str, TwilioAccount] = {}

    def named(self, sender: str) -> TwilioAccount:
        """The account of the sender with this key, read once; raises `NotFound`."""
        if sender not in self._known:
            self._known[sender] = _account(_sender_row(sender, "twilio"))
        return self._known[sender]

    def make(self, sender: Sender) -> Carrier:
        """A carrier over HTTP; raises `Invalid` naming the setting that is missing."""
        return TwilioCarrier(_account(sender))


@cache
def _sender_row(key: str, carrier: str) -> Sender:
    for program in profiles():
        with acting(Actor("system", "gateway"), program=program, counties=ALL_COUNTIES, purpose="webhook"):
            found = Sender.objects.filter(key=key, carrier=carrier, active=True).first()
        if found is not None:
            return found
    raise NotFound("no such sender")


def _account(sender: Sender) -> TwilioAccount:
    return TwilioAccount(
        sender=sender.key,
        program=sender.program,
        account_sid=_setting("HARBORLINE_TWILIO_ACCOUNT_SID"),
        origin=sender.number,
        public_base=settings.PUBLIC_URL,
        auth_token=_setting("HARBORLINE_TWILIO_AUTH_TOKEN"),
        callback_key=read_or_make(keys_directory() / "callbacks.key"),
        base_url=os.environ.get("HARBORLINE_TWILIO_BASE_URL", DEFAULT_BASE_URL),
    )


def _kannel_account(sender: Sender) -> KannelAccount:
    return KannelAccount(
        sender=sender.key,
        program=sender.program,
        origin=sender.number,
        base_url=_setting("HARBORLINE_KANNEL_URL"),
        public_base=settings.PUBLIC_URL,
        username=_setting("HARBORLINE_KANNEL_USERNAME"),
        password=_setting("HARBORLINE_KANNEL_PASSWORD"),
        callback_key=read_or_make(keys_directory() / "callbacks.key"),
    )


def _setting(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        carrier = name.split("_")[1].lower()
        raise Invalid(f"is needed for a sender whose carrier is {carrier}", name)
    return value


def serve_witness() -> None:
    """Be a witness for the logs named in `witness/logs` of the home, where there is such a file and the witness's key.

    Without its key it is none yet: `harborline ledger witness --name` makes one.
    """
    logs = home() / "witness" / "logs"
    if logs.exists() and (logs.parent / KEY).exists():
        ports.serve(WitnessDesk, made_witness(logs.parent, logs))


def wire() -> None:
    """Serve every port of the product."""
    serve_keys()
    ports.serve(SenderGate, LeaseGate())
    ports.serve(Registers, RoomRegisters())
    ports.serve(LogOutside, PublishedOutside(log_directory(), keys_directory() / "ledger.key"))
    ports.serve(Sealer, VaultSealer())
    ports.serve(ContactListener, LapseAtContact(), "consent")
    ports.serve(NumberListener, NumberEnds(), "consent")
    ports.serve(ProtectionListener, RegistryTasks(), "disclosure")
    ports.serve(CarrierMaker, Simulators(), "simulator")
    senders = TwilioSenders()
    ports.serve(CarrierMaker, senders, "twilio")
    ports.serve(TwilioAccounts, senders)
    gateway = KannelSenders()
    ports.serve(CarrierMaker, gateway, "kannel")
    ports.serve(KannelAccounts, gateway)
    ports.serve(PublishedLog, Directory(log_directory()))
    ports.serve(ReceiptSink, take_receipts)
    ports.serve(InboundSink, take_inbound)
    ports.serve(OnCallAlert, ConsoleAlerts(), "console")
    ports.serve(SessionWatch, StaffSessions(), "console")
    end_texts_with_sessions()
    ports.serve(InboundListener, InboundNews(), "webhooks")
    serve_retention()
    ports.serve(VendorGate, StandingGate())
    clocks()  # an agency's own file that is looser, or cannot be read, stops the start
    shipped_lists()  # an empty or unreadable list of prohibited vendors stops the start
    serve_witness()
    serve_projections()
    serve_exchange()
    serve_documents()
    serve_sweeping()
    serve_carriers()
    serve_portal()
    serve_contact()
    serve_work()
