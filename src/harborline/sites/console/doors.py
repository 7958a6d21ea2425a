"""The doors of the console."""

from __future__ import annotations

from harborline.sites.console.contact.doors import DOORS as CONTACT
from harborline.sites.console.disclosing.doors import DOORS as DISCLOSING
from harborline.sites.console.documents.doors import DOORS as DOCUMENTS
from harborline.sites.console.entering.doors import DOORS as ENTERING
from harborline.sites.console.exchange.doors import DOORS as EXCHANGE
from harborline.sites.console.oversight.doors import DOORS as OVERSIGHT
from harborline.sites.console.records.doors import DOORS as RECORDS
from harborline.sites.console.staff.doors import DOORS as STAFF
from harborline.sites.console.texting.doors import DOORS as TEXTING
from harborline.sites.console.vendoring.doors import DOORS as VENDORING
from harborline.sites.doors import Door

_STAFF = "workers whose role carries the permission"

DOORS = (
    Door("console:home", "GET", "home:read", _STAFF),
    Door("console:program", "POST", "account:change", "the worker, for their own session"),
    Door("console:tasks", "GET", "consent:read", _STAFF),
    Door("console:notices", "GET", "notices:read", _STAFF),
    Door("console:start", "GET", "notices:start", _STAFF),
    Door("console:start", "POST", "notices:start", _STAFF, "notice.run-opened"),
    Door("console:notice", "GET", "notices:read", _STAFF),
    Door("console:notice-live", "GET", "notices:read", _STAFF),
    Door("console:notice-texts", "GET", "messages:read", _STAFF, "notice.texts-previewed"),
    Door("console:notice-people", "GET", "notices:read", _STAFF),
    Door("console:notice-missed", "GET", "notices:read", _STAFF),
    Door("console:notice-rows", "GET", "notices:read", _STAFF),
    Door("console:notice-bad-rows", "GET", "notices:read", _STAFF),
    Door("console:notice-calls", "GET", "notices:steer", _STAFF, "notice.reach-opened"),
    Door("console:notice-letters", "GET", "notices:steer", _STAFF, "notice.reach-opened"),
    Door("console:notice-ask-files", "POST", "notices:steer", _STAFF, "disclosure.many-asked"),
    Door("console:notice-approve-files", "POST", "notices:approve", _STAFF, "disclosure.many-approved"),
    Door("console:notice-approve", "POST", "notices:approve", _STAFF, "notice.run-approved"),
    Door("console:notice-steer", "POST", "notices:steer", _STAFF, "notice.run-released"),
    Door("console:notice-schedule", "POST", "notices:steer", _STAFF, "notice.run-scheduled"),
    Door("console:notice-test", "POST", "notices:steer", _STAFF, "message.test-queued"),
    Door("console:message", "GET", "messages:read", _STAFF, "message.opened"),
    Door("console:message-settle", "POST", "notices:steer", _STAFF, "message.settled"),
    Door("console:message-again", "POST", "notices:steer", _STAFF, "message.sent-again"),
    Door("console:proof", "GET", "messages:prove", _STAFF, "message.opened"),
    Door("console:participants", "GET", "participants:read", _STAFF),
    Door("console:participants", "POST", "participants:find", _STAFF, "disclosure.searched"),
    Door("console:participant", "GET", "participants:read", _STAFF, "people.participant-opened"),
    Door("console:permission", "POST", "consent:record", _STAFF, "consent.given"),
    Door("console:release", "POST", "consent:record", _STAFF, "consent.given"),
    Door("console:stop", "POST", "consent:record", _STAFF, "consent.number-stop"),
    Door("console:contact", "POST", "consent:record", _STAFF, "people.contact-recorded"),
    Door("console:wording", "POST", "consent:record", _STAFF, "people.wording-chosen"),
    Door("console:filed", "POST", "consent:record", _STAFF, "consent.filed"),
    Door("console:evidence", "GET", "consent:read", _STAFF, "consent.papers-opened"),
    Door("console:settle", "POST", "consent:record", _STAFF, "consent.possible-opt-out-resolved"),
    Door("console:number-settle", "POST", "consent:record", _STAFF, "consent.number-question-settled"),
    Door("console:imports", "GET", "imports:read", _STAFF),
    Door("console:import", "GET", "imports:read", _STAFF),
    Door("console:law", "GET", "law:read", _STAFF),
    Door("console:account", "GET", "account:read", "the worker, for their own account"),
    *CONTACT,
    *DISCLOSING,
    *TEXTING,
    *RECORDS,
    *VENDORING,
    *EXCHANGE,
    *ENTERING,
    *DOCUMENTS,
    *STAFF,
    *OVERSIGHT,
)
