"""The pages of the console, from the form to the record."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.rooms.sites.cast import SignedIn
from tests.rooms.town import ANA, BEN, MAYA, MN, NC, as_state, bring_in, phone

from harborline.consent.facts import ConsentKind, Ending
from harborline.consent.selectors import consents_of, possible_opt_outs, suppressed_numbers, unfiled
from harborline.consent.services import hold_possible, record_permission
from harborline.kernel import clock
from harborline.ledger.models import Content
from harborline.messaging.facts import ReasonCount
from harborline.messaging.models import NoticeRun
from harborline.messaging.selectors import runs
from harborline.messaging.services import plan_run
from harborline.people.facts import FeedKind
from harborline.people.models import Participant, Protection
from harborline.people.selectors import participant_id
from harborline.sites.console.run import faced
from harborline.vendors.selectors import approvals

HEADER = "participant_id,case_id,county_fips,role,name,language,phone,zip,appointment_date,appointment_time,office"
TAGS = re.compile(r"<[^>]+>")


def id_of(program: str, reference: str) -> uuid.UUID:
    """The participant with this number in the case system."""
    with as_state(program):
        return participant_id(program, reference)


def page(client: Client, view: str, *args: object) -> str:
    """The words of a page, tags and line breaks gone."""
    answer = client.get(reverse(view, args=args))
    assert answer.status_code == 200, answer.status_code
    return " ".join(TAGS.sub(" ", answer.content.decode()).split())


def caseload(*rows: str, header: str = HEADER) -> SimpleUploadedFile:
    """An uploaded caseload."""
    return SimpleUploadedFile("caseload.csv", "\n".join([header, *rows]).encode(), content_type="text/csv")


def row(reference: str, case: str, role: str, number: str, *, name: str = "Somebody", date: str = "2031-03-03") -> str:
    """One line of a caseload."""
    return f"{reference},{case},37183,{role},{name},en,{number},27601,{date},09:30,WAKE"


@pytest.mark.usefixtures("carrier")
class TestStartingANotice:
    """The state's operator sends a file."""

    def start(self, client: Client, *rows: str, header: str = HEADER) -> str:
        """Upload and go where the form leads; empty when it stays."""
        form = {"template": "appointment-reminder", "caseload": caseload(*rows, header=header)}
        answer = client.post(reverse("console:start"), form)
        return answer.headers.get("Location", "")

    def test_shows_the_decisions_in_plain_sentences(self, signed_in: SignedIn) -> None:
        """Ben never said yes: one sentence, the next step, and the clause behind "Why?"."""
        client = signed_in("olga")
        address = self.start(client, row("P-2", "C-100", "noncustodial-parent", BEN))
        with as_state():
            run = runs()[0]
        plan_run(run.id, program=NC)
        said = page(client, "console:notice", run.id)
        assert address == reverse("console:notice", args=[run.id])
        assert "This person has not said yes to texts on this number. Ask for permission at the next contact." in said
        assert "NC-CSS-22-18:opt-in" in said

    @pytest.mark.parametrize(
        ("query", "status"),
        [("state=zz", 404), ("reason=zz", 200), ("outcome=zz", 200), ("page=zz", 200), (f"page={'9' * 30}", 200)],
    )
    def test_lists_its_people_by_a_filter_that_somebody_wrote(
        self, signed_in: SignedIn, query: str, status: int
    ) -> None:
        """What no filter offers finds nothing, or nobody; it never breaks the page."""
        client = signed_in("olga")
        self.start(client, row("P-2", "C-100", "noncustodial-parent", BEN))
        with as_state():
            run = runs()[0]
        plan_run(run.id, program=NC)
        address = reverse("console:notice-people", args=[run.id])
        assert "P-2" in client.get(address).content.decode()
        assert client.get(f"{address}?{query}").status_code == status

    def test_lists_every_row_it_cannot_use(self, signed_in: SignedIn) -> None:
        """Row, column and what to do, on a page and as a file without a value of the row."""
        client = signed_in("olga")
        self.start(
            client,
            row("P-2", "C-100", "noncustodial-parent", BEN),
            row("P-1", "C-100", "custodial-party", ANA, date="2031-02-30"),
        )
        with as_state():
            run = runs()[0]
        said = page(client, "console:notice-rows", run.id)
        file = client.get(reverse("console:notice-bad-rows", args=[run.id]))
        assert "3 appointment_date This day does not exist." in said
        assert file.headers["Content-Disposition"] == 'attachment; filename="bad-rows.csv"'
        assert b"no-such-date" in file.content
        assert b"P-1" not in file.content

    def test_says_what_is_wrong_with_a_file(self, signed_in: SignedIn) -> None:
        """A column is missing: nothing is opened, and the page names it."""
        client = signed_in("olga")
        form = {"template": "appointment-reminder", "caseload": caseload(header="participant_id,case_id")}
        answer = client.post(reverse("console:start"), form)
        assert answer.status_code == 422
        assert "county_fips" in answer.content.decode()
        with as_state():
            assert runs() == []

    def test_is_refused_to_a_county(self, signed_in: SignedIn) -> None:
        """In North Carolina the state runs the texts; a supervisor is told whom to ask."""
        client = signed_in("eli")
        form = {
            "template": "appointment-reminder",
            "caseload": caseload(row("P-2", "C-100", "noncustodial-parent", BEN)),
        }
        answer = client.post(reverse("console:start"), form)
        assert answer.status_code == 422
        assert "Your role cannot start notices in this program. Ask the state office" in answer.content.decode()

    def test_waits_until_somebody_says_send(self, signed_in: SignedIn) -> None:
        """Nothing goes out before the exact texts could be seen."""
        client = signed_in("olga")
        self.start(client, row("P-2", "C-100", "noncustodial-parent", BEN))
        with as_state():
            run = runs()[0]
        plan_run(run.id, program=NC)
        before = page(client, "console:notice", run.id)
        client.post(reverse("console:notice-steer", args=[run.id]), {"step": "send"})
        client.post(reverse("console:notice-steer", args=[run.id]), {"step": "pause"})
        assert "Look at the exact texts. Then send them." in before
        assert "Paused. No more texts go out until you go on." in page(client, "console:notice", run.id)

    def test_can_be_cancelled_once(self, signed_in: SignedIn) -> None:
        """A second cancellation says that it is over."""
        client = signed_in("olga")
        self.start(client, row("P-2", "C-100", "noncustodial-parent", BEN))
        with as_state():
            run = runs()[0]
        steer = reverse("console:notice-steer", args=[run.id])
        client.post(steer, {"step": "cancel"})
        client.post(steer, {"step": "cancel"})
        assert "This notice was cancelled. Start a new notice." in page(client, "console:notice", run.id)

    def test_takes_no_step_it_does_not_know(self, signed_in: SignedIn) -> None:
        """A form that somebody made up changes nothing."""
        client = signed_in("olga")
        self.start(client, row("P-2", "C-100", "noncustodial-parent", BEN))
        with as_state():
            run = runs()[0]
        client.post(reverse("console:notice-steer", args=[run.id]), {"step": "explode"})
        with as_state():
            assert runs()[0].state == run.state


class TestTheReasonsOfANotice:
    """Why some people get no text."""

    def test_are_one_line_for_every_way_texts_are_off(self, town: Path) -> None:
        """The page does not count protected people: a safety choice and a request to stop are one number."""
        counted = [
            ReasonCount("refuse", "asked-to-stop", ("NC-CSS-22-18:opt-in",), 45),
            ReasonCount("refuse", "no-texts-by-safety-choice", ("OFFSET-8.1:harm",), 8),
            ReasonCount("refuse", "no-number", ("NC-CSS-22-18:opt-in",), 1),
        ]
        with as_state():
            shown = faced(counted)
        assert [(one.reason, one.count) for one in shown] == [("texts-off", 53), ("no-number", 1)]

    def test_have_the_same_clauses_when_nobody_is_protected(self, town: Path) -> None:
        """Nor do the clauses behind "Why?" tell whether anybody is."""
        stops, both = (
            [ReasonCount("refuse", reason, ("OFFSET-8.1:harm",), 1) for reason in reasons]
            for reasons in (["asked-to-stop"], ["asked-to-stop", "no-texts-by-safety-choice"])
        )
        with as_state():
            assert faced(stops)[0].clauses == faced(both)[0].clauses


@pytest.mark.usefixtures("carrier")
class TestALargeNotice:
    """Above the profile's size a second person says yes."""

    def waiting(self, client: Client) -> uuid.UUID:
        """A notice to many people that waits; its rows are not all there, the count decides."""
        form = {
            "template": "appointment-reminder",
            "caseload": caseload(row("P-2", "C-100", "noncustodial-parent", BEN)),
        }
        client.post(reverse("console:start"), form)
        with as_state():
            run = runs()[0]
            NoticeRun.objects.filter(id=run.id).update(row_count=1_000_000)
        plan_run(run.id, program=NC)
        client.post(reverse("console:notice-steer", args=[run.id]), {"step": "send"})
        return run.id

    def test_waits_for_a_second_person(self, signed_in: SignedIn) -> None:
        """Sending it asks for another pair of eyes; the first person sees no button to approve."""
        client = signed_in("olga")
        said = page(client, "console:notice", self.waiting(client))
        assert "Waits for a second person" in said
        assert "Approve and send" not in said

    def test_is_not_approved_by_the_first_person(self, signed_in: SignedIn) -> None:
        """Not even with a made-up form."""
        client = signed_in("olga")
        run_id = self.waiting(client)
        client.post(reverse("console:notice-approve", args=[run_id]))
        said = page(client, "console:notice", run_id)
        assert "You started this notice, so you cannot approve it. Ask someone else to approve it." in said

    def test_goes_out_when_a_second_person_approves(self, signed_in: SignedIn) -> None:
        """Eli looks at it and says yes; the page names him."""
        run_id = self.waiting(signed_in("olga"))
        supervisor = signed_in("eli")
        assert "Approve and send" in page(supervisor, "console:notice", run_id)
        supervisor.post(reverse("console:notice-approve", args=[run_id]))
        said = page(supervisor, "console:notice", run_id)
        assert "Approved by Eli." in said
        assert "Going out" in said


class TestOneParticipant:
    """Cora and Clara at work."""

    def test_is_opened_on_record(self, signed_in: SignedIn) -> None:
        """Looking at somebody leaves an entry before the name is shown."""
        client, ben = signed_in("cora"), id_of(NC, "P-2")
        assert "Ben Torres" in page(client, "console:participant", ben)
        with as_state():
            assert Content.objects.filter(kind="people.participant-opened").count() == 1

    def test_shows_the_last_digits_and_no_whereabouts(self, signed_in: SignedIn) -> None:
        """Enough to ask "is it still the number that ends in", no address."""
        said = page(signed_in("cora"), "console:participant", id_of(NC, "P-2"))
        assert "Phone number ends in 0102" in said
        assert "555-0102" not in said
        assert "Oak St" not in said

    def test_is_stopped_in_two_clicks(self, signed_in: SignedIn) -> None:
        """Ben called: open "They asked to stop", press "On the phone"."""
        client, ben = signed_in("cora"), id_of(NC, "P-2")
        client.post(reverse("console:stop", args=[ben]), {"means": "telephone"})
        with as_state():
            assert suppressed_numbers(NC, [phone(BEN)]) == {phone(BEN)}
        assert "Texts to this person are turned off." in page(client, "console:participant", ben)

    def test_gives_spoken_permission_in_minnesota(self, signed_in: SignedIn) -> None:
        """Clara read the words; the line to enter waits until she confirms it."""
        client, maya = signed_in("clara"), id_of(MN, "R-1")
        form = {"spoken-language": "en", "spoken-read_out": "on"}
        client.post(reverse("console:permission", args=[maya]), form)
        with as_state(MN):
            (waiting,) = unfiled(MN)
        assert "Verbal permission to text number ending 0104" in page(client, "console:tasks")
        client.post(reverse("console:filed", args=[waiting.id]))
        with as_state(MN):
            assert unfiled(MN) == []

    def test_gives_no_spoken_permission_in_north_carolina(self, signed_in: SignedIn) -> None:
        """The letter knows none: the page does not offer it, and a made-up form is refused."""
        client, ben = signed_in("cora"), id_of(NC, "P-2")
        before = page(client, "console:participant", ben)
        client.post(reverse("console:permission", args=[ben]), {"spoken-language": "en", "spoken-read_out": "on"})
        assert "They said yes" not in before
        assert "This program does not take spoken permission." in page(client, "console:participant", ben)
        with as_state():
            assert consents_of(ben) == []

    def test_signs_a_release(self, signed_in: SignedIn) -> None:
        """Ben signed with Cora: texts may go out."""
        client, ben = signed_in("cora"), id_of(NC, "P-2")
        form = {"signed-language": "en", "signed-signed_as": "Ben Torres"}
        client.post(reverse("console:release", args=[ben]), form)
        with as_state():
            (kept,) = consents_of(ben)
        assert kept.kind == ConsentKind.SIGNED_RELEASE
        assert "Signed form recorded." in page(client, "console:participant", ben)

    def test_looks_alike_by_whatever_texts_are_off(self, signed_in: SignedIn) -> None:
        """Ana is protected, Ben asked to stop: sentence, clauses and permissions of the two pages are the same."""
        client, said = signed_in("cora"), []
        with as_state():
            ana = Participant.objects.get(external_id="P-1")
        for one, name in ((ana.id, "Ana Torres"), (id_of(NC, "P-2"), "Ben Torres")):
            client.post(
                reverse("console:release", args=[one]), {"signed-language": "en", "signed-signed_as": name}, follow=True
            )
        with as_state():
            Protection.objects.create(
                agency="nc-dhhs", person_id=ana.person_id, reported_by=NC, kind="fvi", source="x", from_at=clock.now()
            )
        client.post(reverse("console:stop", args=[id_of(NC, "P-2")]), {"means": "telephone"}, follow=True)
        for one in (ana.id, id_of(NC, "P-2")):
            words = page(client, "console:participant", one)
            permissions = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", words[words.index("Permissions, the newest") :])
            said.append((words[words.index("May we text") : words.index("What happened?")], permissions[:400]))
        assert said[0] == said[1]
        assert "Texts to this person are turned off." in said[0][0]
        assert "In force" not in said[0][1]

    def test_ends_spoken_permission_at_the_next_contact(self, signed_in: SignedIn) -> None:
        """No form was signed at the visit."""
        client, maya = signed_in("clara"), id_of(MN, "R-1")
        with as_state(MN):
            record_permission(maya, MAYA, script="words", at=clock.now() - timedelta(hours=3))
        client.post(reverse("console:contact", args=[maya]))
        with as_state(MN):
            assert consents_of(maya)[0].ended_as == Ending.LAPSED
        assert "The spoken permission has ended." in page(client, "console:participant", maya)

    def test_cannot_break_the_page_with_a_name(self, signed_in: SignedIn, town: Path) -> None:
        """A name with a script in it is shown as letters."""
        bring_in(
            town,
            FeedKind.PEOPLE,
            [("N-2", "P-2", "37183", "<script>alert(1)</script>", "", "", "en", "", "27601", "", "", BEN)],
        )
        answer = signed_in("cora").get(reverse("console:participant", args=[id_of(NC, "P-2")]))
        assert b"<script>alert" not in answer.content
        assert b"&lt;script&gt;alert" in answer.content


class TestATextThatMayMeanStop:
    """A possible opt-out waits for a person."""

    def test_goes_on_only_with_a_reason(self, signed_in: SignedIn) -> None:
        """A stop needs none; to go on texting somebody says why."""
        client = signed_in("cora")
        with as_state():
            possible = hold_possible(BEN, message_ref="m-2")
        client.post(reverse("console:settle", args=[possible.id]), {"meaning": "go-on"})
        with as_state():
            assert len(possible_opt_outs(NC)) == 1
        client.post(reverse("console:settle", args=[possible.id]), {"meaning": "stop"})
        with as_state():
            assert possible_opt_outs(NC) == []
            assert suppressed_numbers(NC, [phone(BEN)])

    @pytest.mark.parametrize(("meaning", "stopped"), [("stop", True), ("go-on", False)])
    def test_is_settled_with_one_click(self, signed_in: SignedIn, meaning: str, *, stopped: bool) -> None:
        """Somebody reads it and says what it meant."""
        client = signed_in("cora")
        with as_state():
            possible = hold_possible(BEN, message_ref="m-1")
        assert "Did they ask to stop?" in page(client, "console:tasks")
        client.post(reverse("console:settle", args=[possible.id]), {"meaning": meaning, "reason": "read it"})
        with as_state():
            assert possible_opt_outs(NC) == []
            assert bool(suppressed_numbers(NC, [phone(BEN)])) is stopped


@pytest.mark.usefixtures("carrier")
class TestAVendorsPermission:
    """The company that carries the texts."""

    def test_ends_at_once_with_a_reason(self, signed_in: SignedIn) -> None:
        """The security officer ends it; the first page says that nothing goes out."""
        client = signed_in("sol")
        with as_state():
            approval = approvals(NC)[0]
        client.post(reverse("console:revoke", args=[approval.id]), {"because": "contract ended"})
        with as_state():
            assert approvals(NC)[0].revoked_at is not None
        assert "No company may carry texts now" in page(client, "console:home")

    def test_does_not_end_without_a_reason(self, signed_in: SignedIn) -> None:
        """Somebody will ask why."""
        client = signed_in("sol")
        with as_state():
            approval = approvals(NC)[0]
        client.post(reverse("console:revoke", args=[approval.id]), {"because": ""})
        with as_state():
            assert approvals(NC)[0].revoked_at is None


class TestTheOtherPages:
    """What every role with the permission reads."""

    def test_show_each_import_with_its_differences(self, signed_in: SignedIn) -> None:
        """What last night's file changed, by the case system's numbers."""
        client = signed_in("olga")
        links = re.findall(r"/console/imports/[0-9a-f-]{36}/", client.get(reverse("console:imports")).content.decode())
        said = " ".join(client.get(link).content.decode() for link in links)
        assert all(key in said for key in ("P-1", "C-100"))

    def test_show_every_clause_and_setting(self, signed_in: SignedIn) -> None:
        """The letters, what keeps them, and the values in force."""
        said = page(signed_in("cora"), "console:law")
        assert all(
            clause in said for clause in ("NC-CSS-22-18:opt-in", "MN-WIC-9.6:text-no-private", "OFFSET-8.1:harm")
        )
        assert "texting.quiet_start" in said

    def test_show_the_worker_their_own_account(self, signed_in: SignedIn) -> None:
        """Role and counties in words."""
        said = page(signed_in("cora"), "console:account")
        assert "Case manager" in said
        assert "37183" in said

    def test_speak_spanish(self, signed_in: SignedIn) -> None:
        """The choice of language stays for the whole console."""
        client = signed_in("cora")
        client.post(reverse("language"), {"language": "es", "next": "/console/"})
        assert "Nos alegra verle" in page(client, "console:home")
