"""Exports: complete, proven, without third parties, recorded before they can be read, the same whoever is protected."""

from __future__ import annotations

import hashlib
import io
from contextlib import AbstractContextManager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.db import transaction
from tests.rooms.messaging.scene import TEXT
from tests.rooms.oversight.file_room import (
    AT,
    SUPERVISOR,
    FileRoom,
    asked_for,
    ben_writes,
    exported,
    imagined,
    lines,
    opened,
    participant,
    request,
    signed,
)
from tests.rooms.oversight.verifying import unpacked, verified
from tests.rooms.retention.archive import worker
from tests.rooms.town import ANA, BEN, DURHAM, NC, WAKE, as_dev, as_state
from tests.telling import told

from harborline.disclosure.models import Release
from harborline.kernel import Invalid, NotFound, Refused, Unavailable, clock
from harborline.ledger.selectors import entries_of
from harborline.messaging.selectors import message
from harborline.oversight.facts import ExportState, LegalBasis, Selection
from harborline.oversight.selectors import exports
from harborline.oversight.services import (
    approve_export,
    ask_export,
    check_free,
    finish_export,
    keep,
    make_export,
    prepare_export,
)
from harborline.walls import Actor, acting

BENS = Selection(person="P-2")
SECRETS = ("Ana", "ana torres", "12 Elm", "555-0101", "5550101", "Kim", "PO Box 7", "Vega", "P-1", ANA)


class TestAnExport:
    """Of one person."""

    def test_holds_every_text_with_its_whole_life(self, room: FileRoom) -> None:
        """Planned, set aside, handed over, taken, sent, delivered; what the person wrote; who looked; why."""
        with as_state():
            message(room.ben_text)
        room.publish()
        found = opened(exported(BENS))
        texts = {row["text"]: row for row in lines(found["texts.jsonl"])}
        sent, wrote = texts[str(room.ben_text)], texts[str(room.ben_wrote)]
        assert [step["kind"] for step in sent["steps"]] == [
            "planned", "set-aside", "attempted", "accepted", "sent", "delivered",
        ]  # fmt: skip
        assert sent["words"] == TEXT
        assert sent["words_proven"]
        assert all(step["proof"] for step in sent["steps"])
        assert sent["number"] == BEN
        assert sent["case"] == "C-100"
        assert sent["why"]["decision"]["clauses"] == ["NC-CSS-22-18:lawful-notifications"]
        assert sent["why"]["template"] == "appointment-reminder"
        (view,) = sent["seen"]
        assert view["recorded_as"] == "message.opened"
        assert wrote["direction"] == "in"
        assert wrote["steps"][0]["recorded_as"] == "inbound.taken"
        assert str(room.ana_text) not in texts

    def test_holds_decisions_not_to_send_and_permissions_with_evidence(self, room: FileRoom) -> None:
        """Each with its clause and its proof."""
        found = opened(exported(BENS))
        (row,) = lines(found["not-sent.jsonl"])
        assert (row["decision"]["reason"], row["decision"]["clauses"]) == ("no-consent", ["NC-CSS-22-18:opt-in"])
        assert row["proof"]
        (consent,) = lines(found["consents.jsonl"])
        assert consent["kind"] == "keyword"
        assert consent["evidence"]["number"] == BEN
        assert consent["evidence"]["words"] == "JOIN, [name withheld] is not to know"
        assert [event["recorded_as"] for event in consent["events"]] == ["consent.given"]

    def test_takes_third_parties_out_everywhere(self, room: FileRoom) -> None:
        """Names, numbers, addresses and references of others, in words and beside them, and in the PDF."""
        content = exported(BENS)
        found = opened(content)
        pdf = "".join(page.extract_text() for page in pypdf.PdfReader(_stream(found["transcript.pdf"])).pages)
        wrote = next(row for row in lines(found["texts.jsonl"]) if row["text"] == str(room.ben_wrote))
        assert wrote["words"].endswith("her number is [number withheld]. This is Ben, call me at 919-555-0102")
        assert "[address withheld]" in wrote["words"]
        readable = pdf + "".join(
            made.decode() for name, made in found.items() if name.endswith(("jsonl", "json")) and "entries" not in name
        )
        assert told(SECRETS, readable) == []
        assert not wrote["words_proven"]
        assert wrote["withheld"]

    def test_of_words_without_third_parties_proves_them(self, room: FileRoom, tmp_path: Path) -> None:
        """What the person wrote is bound in the log, too, whatever signs are in it."""
        words = 'Thank you,\u2028 I will come\x85 \U0001f600 {}\n"end"'
        inbound = ben_writes(words)
        room.publish()
        content = exported(BENS)
        wrote = next(row for row in lines(opened(content)["texts.jsonl"]) if row["text"] == str(inbound))
        assert wrote["words_proven"]
        assert wrote["words"] == words
        assert verified(unpacked(content, tmp_path / "unpacked"), "--vkey", room.vkey).returncode == 0

    def test_holds_requests_to_stop(self, room: FileRoom, tmp_path: Path) -> None:
        """When the number was stopped, and that it was recorded."""
        ben_writes("STOP")
        room.publish()
        content = exported(BENS)
        rows = {row["kind"]: row for row in lines(opened(content)["consents.jsonl"])}
        (stop,) = rows["number"]["events"]
        assert stop["kind"] == "stop"
        assert stop["proof"]
        assert [event["kind"] for event in rows["keyword"]["events"]] == ["given", "ended"]
        assert verified(unpacked(content, tmp_path / "unpacked"), "--vkey", room.vkey).returncode == 0

    def test_has_a_transcript_for_people(self, room: FileRoom) -> None:
        """Tagged PDF with the words, the steps and the basis."""
        reader = pypdf.PdfReader(_stream(opened(exported(BENS))["transcript.pdf"]))
        pdf = "".join(page.extract_text() for page in reader.pages)
        assert reader.root_object["/MarkInfo"]["/Marked"]  # type: ignore[index]  # a dictionary in a tagged PDF
        assert "Transcript" in pdf
        assert "litigation" in pdf
        assert "delivered to the phone" in pdf
        assert "NC Child Support Services" in pdf

    def test_has_the_same_files_every_time(self, room: FileRoom) -> None:
        """The same records and the same moment."""
        asked = asked_for(BENS)
        assert imagined(asked) == imagined(asked)


def _stream(content: bytes) -> io.BytesIO:
    return io.BytesIO(content)


class TestSomebodyElsesProtection:
    """Nothing in a bundle for one party tells of another's."""

    @pytest.mark.parametrize(
        "selection", [BENS, Selection(person="P-2", case="C-100"), Selection(case="C-100"), Selection(number=BEN)]
    )
    def test_changes_no_byte(self, room: FileRoom, selection: Selection) -> None:
        """The same file, byte by byte, whether or not the other party is protected."""
        asked = asked_for(selection)
        plain, guarded = imagined(asked), imagined(asked, protected="P-1")
        assert plain == guarded
        assert len(plain) > 10

    def test_is_not_told_by_a_decision_about_them(self, room: FileRoom) -> None:
        """Ana's refused row is not in Ben's bundle; in one of the case it looks like anybody's texts that are off."""
        assert all("P-1" not in row["person"] for row in lines(opened(exported(BENS))["not-sent.jsonl"]))
        room.publish()
        found = opened(exported(Selection(case="C-100")))
        rows = {row["decision"]["reason"]: row for row in lines(found["not-sent.jsonl"])}
        assert set(rows) == {"no-consent", "texts-off"}
        assert rows["texts-off"]["proof"] is None
        whole = b"".join(made for name, made in found.items() if not name.endswith(".pdf"))
        for word in (b"no-texts-by-safety-choice", b"fvi", b"protect"):
            assert word not in whole.replace(b"OFFSET-8.1:protective-order", b"")

    def test_in_a_bundle_of_a_case_nobodys_whereabouts_are_told(self, room: FileRoom) -> None:
        """Not even one's own: the other one may read it."""
        ben_writes("This is Ana Torres, I live at 12 Elm St now, 919-555-0101", number=ANA)
        room.publish()
        found = opened(exported(Selection(case="C-100")))
        texts = b"".join(
            made for name, made in found.items() if name.endswith(".jsonl") and "entries" not in name
        ).decode()
        secrets = ("Ana", "Ben", "Torres", "Elm", "555-0101", "555-0102", "5550101", "5550102")
        assert told(secrets, texts) == []


class TestBeforeItCanBeRead:
    """Who exported what, why, on which basis."""

    def test_it_is_on_record(self, room: FileRoom, tmp_path: Path) -> None:
        """The request before anything is opened, the file's digest before it has a name."""
        out = tmp_path / "ben.zip"
        who = Actor("worker", "eli")
        with acting(who, program=NC, counties=(WAKE,), purpose="export"):
            asked = ask_export(request(BENS, reference="21 CVD 100"), roles=SUPERVISOR)
        made = make_export(
            asked.id, unit=lambda: acting(who, program=NC, counties=(WAKE,), purpose="export"), until_signed=signed
        )
        assert not out.exists()
        with made.stream:
            keep(made.stream, out)
        assert out.stat().st_mode & 0o077 == 0
        with as_state():
            (row,) = exports()
            assert (row.basis, row.reason, row.reference) == (LegalBasis.LITIGATION, "21 CVD 100", "21 CVD 100")
            assert row.sha256 == made.sha256 == hashlib.sha256(out.read_bytes()).hexdigest()
            (asked_entry, *_) = reversed(entries_of(f"export:{asked.id}"))
            assert asked_entry.kind == "oversight.export-asked"
            assert asked_entry.actor == "worker:eli"
            assert asked_entry.content["basis"] == "litigation"
            kinds = [one.kind for one in entries_of(f"participant:{participant('P-2').id}")]
            assert "oversight.exported" in kinds

    @pytest.mark.parametrize(
        "leaving", [{"basis": LegalBasis.SUBPOENA, "reference": "S-1"}, {"recipient": "Daily News"}]
    )
    def test_a_second_person_approves_what_leaves_and_everybody_in_it_is_told(
        self, room: FileRoom, leaving: dict[str, Any]
    ) -> None:
        """By its basis or for a named recipient; then a line stands in the accounting of the person."""
        (eli, nia), asking = (Actor("worker", name) for name in ("eli", "nia")), request(BENS, **leaving)

        def at_work(who: Actor) -> AbstractContextManager[object]:
            return acting(who, program=NC, counties=(WAKE,), purpose="export")

        with at_work(eli):
            asked = ask_export(asking, roles=SUPERVISOR)
        with pytest.raises(Refused, match="second-person-needed"):
            make_export(asked.id, unit=lambda: at_work(eli), until_signed=signed)
        with at_work(nia):
            approve_export(asked.id, roles=SUPERVISOR)
        room.publish()
        made = make_export(asked.id, unit=lambda: at_work(eli), until_signed=signed)
        with made.stream:
            files = opened(made.stream.read())
        together = b"".join(content for name, content in files.items() if name.endswith((".jsonl", ".json")))
        assert b"Ben" in together
        assert told(("555-0102", "+19195550102"), together.decode()) == [], "where he is found goes to nobody but him"
        with as_state():
            (line,) = Release.objects.filter(participant_id=participant("P-2").id)
            assert (line.fields, line.basis) == (["texts"], asking.basis.value)
            assert (line.asked_by, line.approved_by) == ("worker:eli", "worker:nia")
            assert line.released_at is not None

    def test_nobody_is_named_by_a_request_for_public_records(self, room: FileRoom) -> None:
        """It may name no person, case or number, and everybody's name and number is taken out."""
        who = Actor("worker", "eli")

        def at_work() -> AbstractContextManager[object]:
            return acting(who, program=NC, counties=(WAKE,), purpose="export")

        with at_work():
            with pytest.raises(Refused, match="basis-is-about-nobody"), transaction.atomic():
                ask_export(request(BENS, basis=LegalBasis.PUBLIC_RECORDS), roles=SUPERVISOR)
            month = Selection(from_at=clock.now() - timedelta(days=30))
            asked = ask_export(request(month, basis=LegalBasis.PUBLIC_RECORDS), roles=SUPERVISOR)
        with acting(Actor("worker", "nia"), program=NC, counties=(WAKE,), purpose="export"):
            approve_export(asked.id, roles=SUPERVISOR)
        room.publish()
        made = make_export(asked.id, unit=at_work, until_signed=signed)
        with made.stream:
            files = opened(made.stream.read())
        together = b"".join(content for name, content in files.items() if name.endswith((".jsonl", ".json")))
        assert not any(word in together for word in (b"Ben Torres", b"555-0102", b"+19195550102"))

    def test_an_export_is_part_of_who_looked(self, room: FileRoom) -> None:
        """The next one names it."""
        exported(BENS)
        room.publish()
        (view,) = lines(opened(exported(BENS))["views.jsonl"])
        assert (view["how"], view["by"], view["basis"]) == ("export", "worker:eli", "litigation")

    def test_nothing_is_written_over(self, room: FileRoom, tmp_path: Path) -> None:
        """A file that is there stays as it is; nothing half-written is left."""
        out = tmp_path / "there.zip"
        out.write_text("mine")
        with pytest.raises(Invalid, match="such a file already"):
            check_free(out)
        with pytest.raises(Invalid), Path(__file__).open("rb") as stream:
            keep(stream, out)
        assert out.read_text() == "mine"
        assert [path.name for path in tmp_path.iterdir() if "draft" in path.name] == []
        with pytest.raises(Invalid, match="no such folder"):
            check_free(tmp_path / "nowhere" / "a.zip")


class TestRefusals:
    """What is not exported, and what is said."""

    @pytest.mark.parametrize(
        ("selection", "more", "problem"),
        [
            (Selection(), {}, "say what to export"),
            (BENS, {"reason": " "}, "say why"),
            (Selection(person="P-2", from_at=AT, until_at=AT), {}, "ends before"),
        ],
    )
    def test_of_unclear_requests(
        self, room: FileRoom, selection: Selection, more: dict[str, Any], problem: str
    ) -> None:
        """Each named."""
        with pytest.raises(Invalid, match=problem):
            exported(selection, **more)

    @pytest.mark.parametrize(
        "selection",
        [Selection(person="P-404"), Selection(case="X-1"), Selection(number="+19195550177"),
         Selection(person="P-2", from_at=AT + timedelta(days=900)), Selection(person="P-5", case="C-100")],
    )  # fmt: skip
    def test_of_nobody_and_nothing(self, room: FileRoom, selection: Selection) -> None:
        """Unknown, or without any record."""
        with pytest.raises(NotFound):
            exported(selection)

    @pytest.mark.parametrize(
        "selection", [BENS, Selection(case="C-100"), Selection(number=BEN), Selection(from_at=AT - timedelta(days=900))]
    )
    def test_to_a_worker_of_another_county(self, room: FileRoom, selection: Selection) -> None:
        """Dev gets nothing, whatever he asks for, and finds no export of others."""
        exported(BENS, counties=(WAKE,))
        with pytest.raises(NotFound):
            exported(selection, counties=(DURHAM,))
        with as_dev():
            assert [row for row in exports() if row.what == "person P-2"] == []

    @pytest.mark.parametrize("selection", [Selection(number=BEN), Selection(case="C-100"), BENS])
    def test_by_a_county_stays_in_its_sight(self, room: FileRoom, selection: Selection) -> None:
        """Whoever works in Wake follows what they asked for there; by Durham nothing is filed."""
        for county, listed in ((WAKE, 1), (DURHAM, 0)):
            with acting(Actor("worker", "eli"), program=NC, counties=(county,), purpose="export"):
                with suppress(NotFound):
                    ask_export(request(selection), roles=SUPERVISOR)
                assert len([row for row in exports() if row.state == "asked"]) == listed
        with as_state():
            assert len([row for row in exports() if row.state == "asked"]) == 1

    def test_without_the_role(self, room: FileRoom) -> None:
        """A case manager works with records and does not take them out of the house."""
        with worker("cora"), pytest.raises(Refused, match="role-may-not-export"):
            ask_export(request(BENS), roles=frozenset({"case-manager"}))

    def test_of_what_somebody_else_asked_for(self, room: FileRoom) -> None:
        """Who asked makes it."""
        with worker("eli"):
            asked = ask_export(request(BENS), roles=SUPERVISOR)
        with pytest.raises(NotFound):
            make_export(asked.id, unit=lambda: worker("other"), until_signed=signed)

    def test_of_what_is_not_signed_yet(self, room: FileRoom) -> None:
        """A text of this second waits for the next checkpoint, and so does the export's own record."""
        asked = asked_for(BENS)
        with pytest.raises(Unavailable):
            finish_export(prepare_export(asked, unit=lambda: worker("eli"), now=AT), unit=lambda: worker("eli"))
        ben_writes("hello again")
        with pytest.raises(Unavailable):
            prepare_export(asked, unit=lambda: worker("eli"), now=AT)
        with as_state():
            (row,) = exports()
            assert (row.state, row.sha256) == (ExportState.ASKED, "")
