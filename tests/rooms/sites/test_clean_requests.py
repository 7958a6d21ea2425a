"""What no browser of ours sends is answered with 400 before any page reads it."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.rooms.sites.cast import SignedIn

LOGIN = reverse("account_login")


class TestARequest:
    """With a NUL in it, or in another code than UTF-8."""

    @pytest.mark.parametrize("path", ["/console/participants/%00/", "/portal/%00", "/console/?q=a%00b", "/?%00=1"])
    def test_with_a_nul_in_its_address_is_refused(self, db: None, path: str) -> None:
        """In the path and in what follows it."""
        assert Client().get(path).status_code == 400

    def test_with_a_nul_in_a_form_is_refused(self, signed_in: SignedIn) -> None:
        """In a value, a name of a field, in both kinds of form; without it the page answers."""
        cora, page = signed_in("cora"), reverse("console:participants")
        assert cora.post(page, {"q": "P-1"}).status_code in {200, 302}
        for given in ({"q": "P-\x00"}, {"q\x00": "P-1"}):
            assert cora.post(page, given).status_code == 400
        pairs, kind = "q=P%00", "application/x-www-form-urlencoded"
        assert cora.post(page, pairs, content_type=kind).status_code == 400
        file = SimpleUploadedFile("a.csv", b"\x00\x01")
        assert cora.post(page, {"q": "P-1", "file": file}).status_code in {200, 302}

    @pytest.mark.parametrize("charset", ["utf-7", "utf-16", "latin-1", "nonsense", ""])
    def test_in_another_code_is_refused(self, db: None, charset: str) -> None:
        """Also in one that nobody knows."""
        kind = f"application/x-www-form-urlencoded; charset={charset}"
        assert Client().generic("POST", LOGIN, b"login=x", content_type=kind).status_code == 400

    def test_of_a_carrier_is_read_at_its_own_door(self, db: None) -> None:
        """A text with a NUL in it may be a request to stop: the door takes it out, nothing turns it away."""
        kind = "application/x-www-form-urlencoded; charset=iso-8859-1"
        answer = Client().post("/carriers/twilio/nobody/inbound/", "Body=STOP%00", content_type=kind)
        assert answer.status_code != 400

    @pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
    def test_in_utf_8_is_read(self, db: None, charset: str) -> None:
        """However it is spelled."""
        kind = f"application/x-www-form-urlencoded; charset={charset}"
        assert Client().generic("POST", LOGIN, b"login=x", content_type=kind).status_code != 400
