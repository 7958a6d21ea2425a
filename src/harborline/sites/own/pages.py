"""What a worker reads, signs and ends for their own account; none of it needs a program."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from harborline.kernel import Invalid
from harborline.sites.own.forms import SignForm
from harborline.workforce.selectors import signature, statement
from harborline.workforce.services import as_themselves, end_own_session, sign_requirements


class Requirements(View):
    """Read the requirements and penalties whole, and sign them with one's own name."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """The words in the language of the page."""
        return self._page(request, SignForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Sign; a wrong name or words that changed meanwhile lead back to the words."""
        form = SignForm(request.POST)
        if not form.is_valid():
            return self._page(request, form)
        worker = request.user
        assert worker.is_authenticated
        try:
            with as_themselves(worker):
                sign_requirements(
                    worker,
                    name=form.cleaned_data["statement"],
                    language=form.cleaned_data["language"],
                    typed=form.cleaned_data["signed_as"],
                )
        except Invalid as wrong:
            form.add_error(None if wrong.where == "statement" else "signed_as", _said(wrong))
            return self._page(request, form)
        messages.success(request, _("You signed. This counts for a year."))
        return HttpResponseRedirect(reverse("console:account"))

    @staticmethod
    def _page(request: HttpRequest, form: SignForm) -> HttpResponse:
        shown = statement((get_language() or "en")[:2])
        form.data = {**form.data, "statement": shown.name, "language": shown.language}
        form.initial = {"statement": shown.name, "language": shown.language}
        return render(request, "own/requirements.html", {"form": form, "statement": shown})


def _said(wrong: Invalid) -> str:
    if wrong.where == "statement":
        return _("The words were changed. Please read them again.")
    return _("Type your own name as it stands above.")


class Certificate(View):
    """One signature of one's own with the very words signed, to read or print."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, signature_id: UUID) -> HttpResponse:
        """The certificate; another worker's is not found."""
        assert request.user.is_authenticated
        return render(request, "own/certificate.html", {"signature": signature(signature_id, request.user.id)})


class SessionEnd(View):
    """End one of one's own sessions."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, session_id: int) -> HttpResponse:
        """End it and show the list."""
        worker = request.user
        assert worker.is_authenticated
        with as_themselves(worker):
            end_own_session(worker, session_id)
        return HttpResponseRedirect(reverse("usersessions_list"))


class Here(View):
    """Somebody typed or clicked on a page that asked nothing of us: they are at the desk."""

    http_method_names = ["post"]

    def post(self, _request: HttpRequest) -> HttpResponse:
        """Nothing to show; the request itself is the activity."""
        return HttpResponse(status=204)
