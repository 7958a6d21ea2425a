"""What the adapters that carry files ask beyond the outbox: what is under way, which agreements are theirs."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import IO

from harborline.exchange.content import opened
from harborline.exchange.facts import AgreementState, OutboundFile, State, Way
from harborline.exchange.gathering import agreement_facts, must, standing_now, terms_of
from harborline.exchange.models import Agreement, Transmission
from harborline.exchange.outgoing import DatabaseOutbox, acknowledge, address_of, outbound
from harborline.exchange.proving import refusal
from harborline.exchange.units import as_system
from harborline.exchange.working import delivery
from harborline.kernel import Refused
from harborline.law import profiles


class CarriersOutbox(DatabaseOutbox):
    """`exchange.ports.Outbox` over the database, whole."""

    def under_way(self, channel: str) -> Sequence[OutboundFile]:
        """What was claimed and not heard of, the oldest first."""
        found: list[OutboundFile] = []
        for program in profiles():
            with as_system(program):
                rows = Transmission.objects.filter(
                    program=program, outgoing=True, channel=channel, state=State.SENDING.value
                ).select_related("agreement__partner")
                found += [outbound(row) for row in rows.order_by("at")]
        return found

    def again(self, program: str, transmission_id: uuid.UUID) -> IO[bytes]:
        """Open a claimed one once more; refused when it is in another state or the agreement ended."""
        with as_system(program):
            row = delivery(transmission_id, locked=True)
            if row.state != State.SENDING:
                raise Refused(refusal("not-in-this-state"))
            must(standing_now(agreement_facts(row.agreement)))
            return opened(program, row.files.get().content)

    def acknowledged(self, program: str, transmission_id: uuid.UUID, content: bytes, how: str) -> None:
        """The partner's receipt."""
        with as_system(program):
            acknowledge(transmission_id, content=content, how=how)

    def ways(self, channel: str) -> Sequence[Way]:
        """The agreements in force over a channel."""
        found: list[Way] = []
        for program in profiles():
            with as_system(program):
                rows = Agreement.objects.filter(program=program, state=AgreementState.ACTIVE.value, version__gt=0)
                for row in rows.select_related("partner").order_by("key"):
                    facts = agreement_facts(row)
                    terms = terms_of(facts)
                    if terms.channel.value == channel and standing_now(facts).allowed:
                        found.append(Way(program, facts.key, facts.partner_key, terms.direction.takes,
                                         terms.direction.gives, address_of(terms)))  # fmt: skip
        return found
