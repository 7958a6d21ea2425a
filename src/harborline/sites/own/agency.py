"""To the agency's identity provider and back."""

from __future__ import annotations

from allauth.account.utils import get_next_redirect_url
from django.http import Http404, HttpRequest, HttpResponse
from django.views import View

from harborline.workforce.selectors import agency_name
from harborline.workforce.services import begin_agency_sign_in, finish_agency_sign_in


class AgencyStart(View):
    """Lead the browser to the provider; nothing of the request goes along but where to come back to."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """The redirect, or back to the sign-in page when the provider does not answer."""
        if not agency_name():
            raise Http404
        return begin_agency_sign_in(request, next_page=get_next_redirect_url(request))


class AgencyBack(View):
    """Take what the provider said."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Into the console, to the next step, or back to the sign-in page."""
        if not agency_name():
            raise Http404
        return finish_agency_sign_in(request)
