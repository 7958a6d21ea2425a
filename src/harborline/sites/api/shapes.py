"""What goes in and out: the shapes that the OpenAPI description shows."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from harborline.messaging.facts import DispatchState, RunState
from harborline.messaging.services import accepting

# Only signs of ASCII: `\d` and `\w` would let in those of every script.
_REFERENCE = r"^[A-Za-z0-9][A-Za-z0-9.\-]{0,39}$"
_APPOINTMENT = r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]$"

Reference = Annotated[str, StringConstraints(pattern=_REFERENCE)]
TemplateKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9\-]{1,59}$")]


class Strict(BaseModel):
    """A shape that takes nothing it does not know; plain, because what comes in is JSON and no record."""

    model_config = ConfigDict(extra="forbid")


class TextIn(Strict):
    """One text: who, on which case, at which number, with which template. The words are the template's alone."""

    participant: Reference = Field(description="The participant's number in the case system.")
    case: Reference = Field(description="The case number.")
    phone: Annotated[str, StringConstraints(pattern=r"^[0-9+() .\-]{10,20}$")] = Field(
        description="The number on file for the participant, as +19195550123 or 919-555-0123."
    )
    template: TemplateKey = Field(description="The key of an approved notice.")
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$")] | None = Field(
        None, description="Language of the words; without it the one on file."
    )
    appointment: Annotated[str, StringConstraints(pattern=_APPOINTMENT)] | None = Field(
        None, description="Day and time of the appointment, local to the office, as 2026-11-24T09:30."
    )
    office: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._\-]{0,39}$")] | None = Field(
        None, description="The code of the office."
    )


class MessagesIn(Strict):
    """One text, or up to 500."""

    messages: Annotated[list[TextIn], Field(min_length=1, max_length=accepting.MOST_TEXTS)]


class DecisionOut(Schema):
    """What was decided, as it may be known: a text that is turned off looks the same whatever the reason."""

    outcome: Literal["allow", "hold", "refuse"]
    reason: str
    clauses: list[str]
    detail: str = Field(description="The reason in one sentence, with the next step.")


_TEXT_STATES = (*(state.word for state in DispatchState), "held", "refused", "told-before", "told-with-another")
_STATES_SAID = (
    "queued: waits for its hour; attempted: on its way to the carrier; accepted: the carrier has it; sent, delivered,"
    " failed, expired: what the network says; unknown: nobody can say yet; rejected: the carrier did not take it;"
    " lapsed: its time was over; withheld: not allowed any more when its turn came; cancelled; held, refused: not"
    " allowed; told-before: the same text went before; told-with-another: another text of the request speaks for it."
)


class AcceptedOut(Schema):
    """One text as it was accepted."""

    id: uuid.UUID
    template: str
    state: str = Field(description=_STATES_SAID, json_schema_extra={"enum": list(_TEXT_STATES)})
    decision: DecisionOut
    told_with: uuid.UUID | None = Field(None, description="The text of this request that speaks for this one.")


class MessagesOut(Schema):
    """The texts in the order of the request."""

    messages: list[AcceptedOut]


class StepOut(Schema):
    """What happened when."""

    state: str
    at: datetime


class MessageOut(AcceptedOut):
    """One text with what became of it."""

    accepted_at: datetime
    next_at: datetime | None = Field(None, description="When a text that waits may go.")
    steps: list[StepOut]


class ListedOut(AcceptedOut):
    """One text in a list."""

    accepted_at: datetime
    next_at: datetime | None = None


class MessagePage(Schema):
    """A page of texts, newest first; `next` is the cursor of the page after it."""

    messages: list[ListedOut]
    next: str | None = None


class BadRowOut(Schema):
    """A row of a caseload that cannot be used: never its values."""

    row: int
    column: str
    code: str
    problem: str


class OpenedOut(Schema):
    """A notice that was opened; at most ten bad rows are listed."""

    id: uuid.UUID
    state: str = Field(json_schema_extra={"enum": [state.value for state in RunState]})
    rows: int
    bad_rows: int
    first_bad_rows: list[BadRowOut]


class SteeredOut(Schema):
    """A notice after a step."""

    id: uuid.UUID
    state: str = Field(json_schema_extra={"enum": [state.value for state in RunState]})


class CountOut(Schema):
    """How many people one decision stands for."""

    outcome: Literal["allow", "hold", "refuse"]
    reason: str
    clauses: list[str]
    detail: str
    people: int


class NoticeOut(SteeredOut):
    """A notice in numbers; `planned` says whether every row has its decision."""

    template: str
    created_at: datetime
    scheduled_at: datetime | None = None
    planned: bool
    finished_at: datetime | None = None
    rows: int
    bad_rows: int
    texts: dict[str, int] = Field(description="Texts by state.")
    decisions: list[CountOut]


class TemplateOut(Schema):
    """An approved notice: its titles and words by language with the placeholders open, and what they need."""

    key: str
    version: int
    title: dict[str, str]
    words: dict[str, str]
    needs_appointment: bool
    needs_office: bool


class TemplatesOut(Schema):
    """The approved notices of the program."""

    templates: list[TemplateOut]


class HookIn(Strict):
    """An address of yours that hears of changes."""

    url: Annotated[str, StringConstraints(pattern=r"^https?://[!-~]{1,480}$")] = Field(
        description="An https address without name and password in it."
    )
    events: Annotated[
        list[Literal["message.state", "notice.state", "inbound.received"]], Field(min_length=1, max_length=3)
    ]


class HookOut(Schema):
    """A webhook, with how its events fare."""

    id: uuid.UUID
    url: str
    events: list[str]
    created_at: datetime
    counts: dict[str, int] = Field(description="Events by state: waiting, delivered, dead.")


class MadeHookOut(Schema):
    """A new webhook with its secret, which is not shown again."""

    id: uuid.UUID
    url: str
    events: list[str]
    created_at: datetime
    secret: str = Field(description="whsec_ and base64; the HMAC key of its signatures.")


class SecretOut(Schema):
    """A new secret; the one before signs too until `until`."""

    id: uuid.UUID
    secret: str
    until: datetime = Field(description="Until when the secret before it signs too.")


class HooksOut(Schema):
    """Every webhook of this key."""

    webhooks: list[HookOut]


class EventOut(Schema):
    """One piece of news: where it is, how often it was tried, what your address answered last."""

    id: uuid.UUID
    kind: str
    state: Literal["waiting", "delivered", "dead"]
    made_at: datetime
    tries: int
    last_answer: str
    due_at: datetime | None = None


class EventsOut(Schema):
    """The newest events of a webhook."""

    events: list[EventOut]


class FaultOut(Schema):
    """One place in the request that cannot be used."""

    pointer: str = Field(description="Where: /messages/3/phone")
    problem: str


class ProblemOut(Schema):
    """A refusal in the form of RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    clauses: list[str]
    errors: list[FaultOut] | None = None
