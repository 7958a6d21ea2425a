"""The receipt for papers can always be printed, whatever the files are called."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader

from harborline.documents.receipts import receipt_pdf


class TestAReceipt:
    """A person's photos have the names their telephone gave them."""

    @pytest.mark.parametrize(
        ("name", "printed"),
        [("照片.png", ".png"), ("\U0001f600.jpg", ".jpg"), ("Año \u2013 1.pdf", "Año \u2013 1.pdf"), ("\ud800", "")],
    )
    def test_is_printed_with_signs_no_font_has(self, name: str, printed: str) -> None:
        """They stand as codes; the rest stays as it is."""
        paper = {
            "lang": "es", "title": "Recibo", "intro": "Gracias.", "lines": [("Número", "7")],
            "papers": [{"name": name, "lines": [("Nombre", name)]}], "closing": "Fin.",
        }  # fmt: skip
        words = PdfReader(BytesIO(receipt_pdf(paper, at=1_700_000_000))).pages[0].extract_text()
        assert "Recibo" in words
        assert printed in words
