"""The notices that come with the clinic's program are of the kinds its letter suggests."""

from __future__ import annotations

import pytest

from harborline.messaging.words.templates import Template, ready_templates

APPOINTMENTS = {"appointment-reminder", "appointment-changed", "appointment-cancelled", "appointment-missed"}
VISITS = {"bring-papers", "clinic-closed", "phone-appointment"}
INVITATIONS = {"class-invitation", "please-call", "message-waiting"}
FOOD = {"food-tips", "use-benefits"}
PLACES = {"appointment_date", "appointment_time", "office", "office_address", "office_phone"}
VOICE = {"sender", "callback", "portal_link"}
NOTICES = [each for each in ready_templates("mn-wic", "wic").values() if each.use == "notice"]


@pytest.mark.clause("MN-WIC-9.6:suggested-uses", shows="keeps")
class TestAClinicsNotice:
    """Ready to be sent."""

    def test_is_of_a_suggested_kind(self) -> None:
        """Appointments and what belongs to them, an invitation to talk, food and nutrition."""
        assert {each.key for each in NOTICES} <= APPOINTMENTS | VISITS | INVITATIONS | FOOD

    @pytest.mark.parametrize("template", NOTICES, ids=lambda each: each.key)
    def test_has_no_place_for_a_name(self, template: Template) -> None:
        """Only a date, an hour, an office and the program's own name, number and page."""
        assert template.needs <= PLACES | VOICE
