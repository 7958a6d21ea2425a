"""The content guard: what may be said in a text, and what stops it."""

# ruff: noqa: RUF001 - look-alike signs are what is tested

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.messaging.test_templates import LONGEST, READY, VOICES

from harborline.kernel import Outcome
from harborline.law import profile
from harborline.messaging.words.guard import Kind, judge, name_tokens, names_in, text_tokens
from harborline.messaging.words.templates import Office, Template, Values, bind, ready_templates

ANA = ("Ana María Robles", "Ben Carter")


def kinds(text: str, *, program: str = "nc-css", lang: str = "en", names: tuple[str, ...] = ANA) -> set[str]:
    """Name the kinds found in a text."""
    return {finding.kind.value for finding in judge(text, program=program, lang=lang, names=names).findings}


FORBIDDEN = [
    ("Hi Ana, your visit is Tuesday.", "person_name"),
    ("ROBLES ANA: please call us.", "person_name"),
    ("A n a , please call us.", "person_name"),
    ("Αnа, please call us.", "person_name"),
    ("Please bring Roblez with you.", "person_name"),
    ("Hello Guadalupe, your visit is Tuesday.", "person_name"),
    ("Your son Abdirahman has a visit.", "person_name"),
    ("Dear Mr. Thao, please call us.", "person_name"),
    ("Your number 417-22-8891 is on file.", "ssn"),
    ("Your number 4 1 7 2 2 8 8 9 1 is on file.", "ssn"),
    ("four one seven two two eight eight nine one", "ssn"),
    ("The last four of your social are 8891.", "ssn"),
    ("Su seguro social termina en 8891.", "ssn"),
    ("Your license D123-456-789-012 is on file.", "dl_number"),
    ("Your child was born 3/4/2019.", "dob"),
    ("Your daughter turns 18 on August 14.", "dob"),
    ("Su hijo nació el 4 de marzo de 2019.", "dob"),
    ("Your case number is 19 CVD 1234.", "case_number"),
    ("Su caso número 445512 cambió.", "case_number"),
    ("Please quote 88213456 when you come.", "case_number"),
    ("Your card ending in 4417 was mailed.", "financial_account"),
    ("Use card 4111 1111 1111 1111 today.", "financial_account"),
    ("Your PIN is 4417.", "financial_account"),
    ("He lives at 123 Oak Street.", "street_address_or_whereabouts"),
    ("The other parent moved to Durham.", "street_address_or_whereabouts"),
    ("Su ex trabaja en el supermercado.", "street_address_or_whereabouts"),
    ("Your baby's iron was low.", "health_info"),
    ("Come to your DNA test on Monday.", "health_info"),
    ("Su bebé tiene anemia.", "health_info"),
    ("Your tax refund was intercepted.", "fti"),
    ("Su reembolso de impuestos fue retenido.", "fti"),
    ("We received money from the IRS for you.", "fti"),
    ("Call the domestic violence hotline.", "dv"),
    ("There is a protective order in your case.", "dv"),
    ("Ayuda para víctimas de violencia.", "dv"),
    ("You owe $450.00.", "amount_owed"),
    ("You are behind on your payments.", "amount_owed"),
    ("Usted debe $200.", "amount_owed"),
    ("Pls call us abt ur appt.", "abbreviation"),
    ("The NCP must call.", "abbreviation"),
    ("Text us a photo of your pay stub.", "requests_private_info"),
    ("What is your date of birth? Please reply.", "requests_private_info"),
    ("Mande una foto de su licencia por texto.", "requests_private_info"),
    ("Reply YES to confirm your visit.", "reserved_reply_word"),
    ("Reply CANCEL to cancel your visit.", "reserved_reply_word"),
    ("Responda ALTO para cancelar su cita.", "reserved_reply_word"),
    ("See bit.ly/abc for news.", "shortened_url"),
    ("See tinyurl dot com / abc for news.", "shortened_url"),
    ("Pursuant to statute, failure to respond shall result in adjudication.", "hard_to_read"),
]
ALLOWED = [
    "Your visit is on Tuesday, December 1 at 9:30 a.m. Call 919-555-0100.",
    "Our office moved to 123 Main Street, Raleigh, NC 27601.",
    "Ask for Jane Miller at the front desk.",
    "Judge Smith will hear cases in courtroom 5.",
    "You may come in May. The grace period ends in June.",
    "Never share your PIN or password by text.",
    "Please bring proof of address and income to your visit.",
    "We will check height and weight at your visit.",
    "Join our free breastfeeding class on Friday.",
    "Free tax help is open until April 15.",
    "A payment was posted. Sign in at https://notices.nc.example to see it.",
    "Upload your papers at https://notices.nc.example. Do not text them.",
    "Text HELP for help or STOP to stop texts.",
    "Your confirmation number is 8899123.",
    "The income limit for a family of four is $55,000.",
    "Did you move? Please call us at 919-555-0100.",
    "Park behind the building and use gate 4417.",
    "Su cita es el martes 1 de diciembre a las 9:30 a. m.",
    "Traiga un comprobante de domicilio a su cita.",
    "Responda STOP para dejar de recibir textos.",
]


class TestAText:
    """Is judged as if anyone might see the phone."""

    @pytest.mark.clause("MN-WIC-9.6:text-no-private", shows="refuses")
    @pytest.mark.clause("NC-CSS-22-18:pii-fti-in-texts", shows="refuses")
    @pytest.mark.parametrize(("text", "kind"), FORBIDDEN)
    def test_is_stopped_for_what_it_gives_away(self, text: str, kind: str) -> None:
        """Each of the sixteen things is found, in plain and in disguised spellings, in both languages."""
        lang = "es" if any(word in text.lower() for word in ("su ", "usted", "responda", "mande", "para ")) else "en"
        assert kind in kinds(text, lang=lang)
        assert judge(text, program="nc-css", lang=lang, names=ANA).decision.outcome is not Outcome.ALLOW

    @pytest.mark.clause("MN-WIC-9.6:text-no-private", shows="allows")
    @pytest.mark.clause("NC-CSS-22-18:pii-fti-in-texts", shows="allows")
    @pytest.mark.parametrize("text", ALLOWED)
    def test_may_say_what_offices_say(self, text: str) -> None:
        """Offices, hours, dates, public sums and general help are nobody's secret."""
        assert kinds(text, lang="es" if text.startswith(("Su ", "Traiga", "Responda")) else "en") == set()

    @pytest.mark.clause("MN-WIC-9.6:text-no-abbreviations", shows="refuses")
    def test_of_the_clinic_has_no_abbreviations(self) -> None:
        """A clipped word is refused, and the clause is named."""
        decision = judge("Ur appt is tmrw.", program="mn-wic", lang="en").decision
        assert (decision.outcome, decision.clauses) == (Outcome.REFUSE, ("MN-WIC-9.6:text-no-abbreviations",))

    @pytest.mark.clause("MN-WIC-9.6:text-no-abbreviations", shows="allows")
    def test_may_say_wic_and_the_hour(self) -> None:
        """WIC, a.m., STOP and St. Paul are words people know."""
        text = "WIC in St. Paul opens at 9:00 a.m. Reply STOP to end."
        assert judge(text, program="mn-wic", lang="en").decision.outcome is Outcome.ALLOW

    @pytest.mark.clause("MN-WIC-9.6:text-easy", shows="refuses")
    def test_waits_when_it_is_hard_to_read(self) -> None:
        """Office language waits for somebody to reword it."""
        text = "Pursuant to program regulations, recertification documentation must be furnished prior to termination."
        assert judge(text, program="mn-wic", lang="en").decision.outcome is Outcome.HOLD

    @pytest.mark.clause("MN-WIC-9.6:text-easy", shows="allows")
    def test_goes_when_it_is_easy(self) -> None:
        """Short words and short sentences go."""
        text = "Your visit is on Monday at 9:00 a.m. Please call us if you need a new day."
        assert judge(text, program="mn-wic", lang="en").decision.outcome is Outcome.ALLOW

    @pytest.mark.clause("MN-WIC-9.6:text-no-asking", shows="refuses")
    @pytest.mark.clause("MN-WIC-9.6:contact-us-no-documents", shows="refuses")
    def test_never_asks_for_private_things_by_text(self) -> None:
        """Asking for a picture of a paper is refused, and the clause is named."""
        decision = judge("Please text us a picture of your license.", program="mn-wic", lang="en").decision
        assert decision.outcome is Outcome.REFUSE
        assert "MN-WIC-9.6:text-no-asking" in decision.clauses

    @pytest.mark.clause("MN-WIC-9.6:text-no-asking", shows="allows")
    @pytest.mark.clause("MN-WIC-9.6:contact-us-no-documents", shows="allows")
    def test_may_name_the_safe_way(self) -> None:
        """Bringing papers or uploading them in the portal is what we want."""
        text = "Please bring your papers, or upload them in the portal. Do not text them."
        assert judge(text, program="mn-wic", lang="en").decision.outcome is Outcome.ALLOW

    @pytest.mark.clause("MN-WIC-9.6:text-not-secure", shows="refuses")
    def test_is_never_taken_for_a_safe_channel(self) -> None:
        """Whatever the carrier promises, private things stay out."""
        assert kinds("Your baby has anemia.", program="mn-wic") == {"health_info"}

    @pytest.mark.clause("MN-WIC-9.6:text-not-secure", shows="allows")
    def test_may_carry_what_is_public(self) -> None:
        """What may stand on a poster may stand in a text."""
        assert kinds("The clinic is closed on Monday.", program="mn-wic") == set()

    @pytest.mark.clause("NC-CSS-22-18:lawful-notifications", shows="refuses")
    def test_keeps_the_meaning_of_reply_words(self) -> None:
        """Who answers CANCEL for a visit would lose every text: refused."""
        decision = judge("Reply CANCEL to cancel your visit.", program="nc-css", lang="en").decision
        assert (decision.outcome, decision.clauses) == (Outcome.REFUSE, ("NC-CSS-22-18:lawful-notifications",))

    @pytest.mark.clause("NC-CSS-22-18:lawful-notifications", shows="allows")
    def test_may_say_how_to_stop(self) -> None:
        """STOP to stop, HELP for help."""
        assert kinds("Reply STOP to stop texts, or HELP for help.") == set()

    @given(st.text(max_size=400))
    def test_never_breaks_the_guard(self, text: str) -> None:
        """Any signs at all get an answer, with places that are in the text."""
        for finding in judge(text, program="mn-wic", lang="en", names=ANA).findings:
            assert 0 <= finding.start < finding.end <= len(text)

    def test_of_ten_thousand_signs_is_refused_unread(self) -> None:
        """Nobody can hide something at the end of an endless text."""
        judged = judge("a" * 10_001, program="mn-wic", lang="en")
        assert [finding.kind for finding in judged.findings] == [Kind.HARD_TO_READ]

    def test_shows_where_the_finding_stands(self) -> None:
        """The worker is shown the very signs that were written, disguises included."""
        text = "Hola Gｕａdalupe, llame por favor."
        (finding,) = judge(text, program="mn-wic", lang="es").findings
        assert text[finding.start : finding.end] == "Gｕａdalupe"


class TestTypedValues:
    """Are exempt by place, never by looks."""

    @pytest.mark.parametrize(("template", "language"), READY, ids=lambda value: getattr(value, "key", value))
    def test_of_ready_templates_pass(self, template: Template, language: str) -> None:
        """Every text we ship passes its own guard, whoever gets it."""
        rendered = bind(template, language, VOICES[template.program]).render(LONGEST)
        judged = judge(
            rendered.text, program=template.program, lang=language, names=ANA, exempt_spans=rendered.exempt_spans
        )
        assert judged.findings == ()

    def test_let_an_office_bear_a_name(self) -> None:
        """A clinic called after somebody is a place, not a person."""
        template = ready_templates("mn-wic", profile("mn-wic").kind)["appointment-reminder"]
        values = Values(LONGEST.appointment, Office("Robles Clinic", "1 Main Street", "612-555-0100"))
        rendered = bind(template, "en", VOICES["mn-wic"]).render(values)
        assert (
            judge(rendered.text, program="mn-wic", lang="en", names=ANA, exempt_spans=rendered.exempt_spans).findings
            == ()
        )

    def test_leave_the_rest_of_the_text_judged(self) -> None:
        """A name outside the typed value is found all the same."""
        text = "Robles: visit Robles Clinic."
        (finding,) = judge(text, program="mn-wic", lang="en", names=ANA, exempt_spans=((14, 27),)).findings
        assert (finding.start, finding.end) == (0, 6)


class TestManyRecipientsOfOneText:
    """Are checked by name against the text that was judged once."""

    def test_find_a_name_that_stands_in_the_text(self) -> None:
        """The one recipient whose name is in the words is held back."""
        tokens = text_tokens("Please call Robles today.")
        assert names_in(tokens, ANA) == {"robles"}

    def test_do_not_stop_for_words_everybody_uses(self) -> None:
        """Nobody called Call or May loses a reminder."""
        assert names_in(text_tokens("Please call us in May."), ("May Call",)) == frozenset()

    def test_know_names_without_particles(self) -> None:
        """De la Cruz is looked for as Cruz, and as one word."""
        assert name_tokens(["María de la Cruz"]) == {"maria", "cruz", "delacruz"}
