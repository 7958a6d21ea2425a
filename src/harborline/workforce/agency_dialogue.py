"""To the agency's identity provider and back; its libraries are read only when somebody goes there."""

from __future__ import annotations

from allauth.core.exceptions import ImmediateHttpResponse
from django.http import HttpRequest, HttpResponse


def begin_agency_sign_in(request: HttpRequest, *, next_page: str | None) -> HttpResponse:
    """The redirect to the provider, with where to go afterwards; back to signing in when it does not answer."""
    from harborline.workforce.agency_provider import start  # noqa: PLC0415 - as said above

    try:
        return start(request, next_page=next_page)
    except ImmediateHttpResponse as answer:
        return answered(answer)


def finish_agency_sign_in(request: HttpRequest) -> HttpResponse:
    """What follows from what the provider said: the next step, or back to signing in."""
    from harborline.workforce.agency_provider import finish  # noqa: PLC0415 - as above

    try:
        return finish(request)
    except ImmediateHttpResponse as answer:
        return answered(answer)


def answered(answer: ImmediateHttpResponse) -> HttpResponse:
    """The page inside the library's exception."""
    assert isinstance(answer.response, HttpResponse)
    return answer.response
