"""What these pages give away as files: the policy, receipts, contents."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.views import View

from harborline.exchange.selectors import receipt_note
from harborline.exchange.services import issue_policy, open_content
from harborline.sites.entrance import entrance


class Policy(View):
    """The written policy, as PDF or text."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, form: str) -> HttpResponse:
        """The file, to be kept."""
        with entrance(request).acting("exchange"):
            content = issue_policy(as_text=form == "txt")
        kind = "text/plain; charset=utf-8" if form == "txt" else "application/pdf"
        response = HttpResponse(content, content_type=kind)
        response.headers["Content-Disposition"] = f'attachment; filename="exchange-policy.{form}"'
        return response


class ReceiptNote(View):
    """A receipt as it was signed."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, receipt_id: UUID) -> HttpResponse:
        """The note, to be kept."""
        with entrance(request).acting("exchange"):
            name, note = receipt_note(receipt_id)
        response = HttpResponse(note, content_type="text/plain; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


class Content(View):
    """A validated file; the opening is recorded, with its reason, before the content is given."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, file_id: UUID) -> HttpResponseBase:
        """The file, to be kept."""
        with entrance(request).acting("exchange"):
            name, stream = open_content(file_id, because=request.POST.get("because", ""))
        response = FileResponse(stream, as_attachment=True, filename=name, content_type="application/octet-stream")
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
