"""Whole caseloads: open a notice, ask how it goes, steer it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router, UploadedFile
from pydantic import AwareDatetime

from harborline.kernel import Invalid, NotFound, Refused, clock
from harborline.messaging.services import accepting
from harborline.sites.api.answers import decision, done, said
from harborline.sites.api.entrance import FORM, MachineKey, machine_of, once_of, reading, refused
from harborline.sites.api.identity import identity
from harborline.sites.api.refusals import READS, WRITES
from harborline.sites.api.shapes import NoticeOut, OpenedOut, SteeredOut, TemplateKey, TemplateOut, TemplatesOut
from harborline.workforce.facts import Scope

router = Router(tags=["notices"])
_FIELDS, _FILES = ("template", "schedule", "hold"), ("caseload",)


@router.post(
    "/notices",
    auth=MachineKey(Scope.NOTICES_WRITE, content_type=FORM),
    response={201: OpenedOut, **WRITES},
    url_name="notices",
    operation_id="openNotice",
    summary="Open a notice for a caseload",
)
def open_notice(
    request: HttpRequest,
    template: Annotated[TemplateKey, Form(description="The key of an approved notice.")],
    caseload: Annotated[UploadedFile, File(description="The caseload as CSV in UTF-8 (docs/caseload.md).")],
    schedule: Annotated[AwareDatetime | None, Form(description="When it begins, with a zone.")] = None,
    hold: Annotated[bool, Form(description="Keep it ready for a look by staff; nothing is sent.")] = False,  # noqa: FBT002 - a form field
) -> HttpResponse:
    """Open a notice for everybody in a caseload file.

    The file is read whole before the answer; rows that cannot be used are counted, and the first ten are named. Above
    the program's size the notice waits for a second person.
    """
    machine = machine_of(request)
    _only_known(request)
    _ahead(schedule)
    try:
        answer = accepting.accept_notice(
            machine, caseload.read(), template=template, once_key=once_of(request), schedule=schedule, hold=hold
        )
    except Refused as refusal:
        refused(machine, "notices", refusal)
        raise
    except NotFound:
        raise Invalid("is not the key of an approved notice; GET /api/v1/templates lists them", "template") from None
    return done(answer)


@router.get(
    "/notices/{notice_id}",
    auth=MachineKey(Scope.NOTICES_READ),
    response={200: NoticeOut, **READS},
    url_name="notice",
    operation_id="readNotice",
    summary="Ask how a notice goes",
)
def read_notice(request: HttpRequest, notice_id: str) -> HttpResponse:
    """A notice in numbers; people are counted under the neutral reason."""
    with reading(request):
        found = accepting.notice_state(identity(notice_id))
    told = asdict(found)
    decisions = [_counted(asdict(one)) for one in found.decisions]
    return said(200, {**told, "decisions": decisions})


def _steer(request: HttpRequest, notice_id: str, step: str) -> HttpResponse:
    machine = machine_of(request)
    try:
        return done(accepting.steer_notice(machine, identity(notice_id), step, once_key=once_of(request)))
    except Refused as refusal:
        refused(machine, f"notices {step}", refusal)
        raise


@router.post(
    "/notices/{notice_id}/pause",
    auth=MachineKey(Scope.NOTICES_WRITE),
    response={200: SteeredOut, **WRITES},
    url_name="notice-pause",
    operation_id="pauseNotice",
    summary="Pause a notice",
)
def pause_notice(request: HttpRequest, notice_id: str) -> HttpResponse:
    """Hand nothing more over; what was handed over stays so."""
    return _steer(request, notice_id, "pause")


@router.post(
    "/notices/{notice_id}/resume",
    auth=MachineKey(Scope.NOTICES_WRITE),
    response={200: SteeredOut, **WRITES},
    url_name="notice-resume",
    operation_id="resumeNotice",
    summary="Let a notice go on",
)
def resume_notice(request: HttpRequest, notice_id: str) -> HttpResponse:
    """Go on with a notice that was paused."""
    return _steer(request, notice_id, "resume")


@router.post(
    "/notices/{notice_id}/cancel",
    auth=MachineKey(Scope.NOTICES_WRITE),
    response={200: SteeredOut, **WRITES},
    url_name="notice-cancel",
    operation_id="cancelNotice",
    summary="Cancel a notice",
)
def cancel_notice(request: HttpRequest, notice_id: str) -> HttpResponse:
    """End a notice for everything that was not handed over."""
    return _steer(request, notice_id, "cancel")


@router.get(
    "/templates",
    auth=MachineKey(Scope.MESSAGES_READ),
    response={200: TemplatesOut, **READS},
    url_name="templates",
    operation_id="listTemplates",
    summary="List the approved notices",
)
def list_templates(request: HttpRequest) -> HttpResponse:
    """The approved notices of the program, with their words."""
    with reading(request):
        found = [TemplateOut(**accepting.described(one)).model_dump() for one in accepting.notices_there_are()]
    return said(200, {"templates": found})


def _ahead(schedule: datetime | None) -> None:
    accepting.within_a_year(schedule)
    if schedule is not None and schedule <= clock.now():
        raise Invalid("is not a moment to come", "schedule")


def _only_known(request: HttpRequest) -> None:
    # A misspelt "schedule" would otherwise send at once what was meant for later.
    for sent, known in ((request.POST, _FIELDS), (request.FILES, _FILES)):
        for name in sent:
            if name not in known:
                raise Invalid(f"is no part of this request; there are {', '.join((*_FIELDS, *_FILES))}", name[:40])
            if len(sent.getlist(name)) > 1:
                raise Invalid("comes twice; send it once", name)


def _counted(one: Mapping[str, Any]) -> dict[str, Any]:
    return {**decision(one["outcome"], one["reason"], one["clauses"]), "people": one["count"]}
