"""Uploads in pieces, for the program on the page: begin or go on, ask how much is held, send a piece, close.

Every answer is JSON with `offset`, the place of the next byte. A piece is read from the network before any unit of work
begins, so that a slow telephone holds nothing that others need.
"""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views import View

from harborline.documents.facts import Held
from harborline.documents.ports import Intake
from harborline.documents.selectors import begun_by
from harborline.kernel import NotFound, Refused, Unavailable, ports
from harborline.sites.portal.documents.pages import PURPOSE, order_of
from harborline.sites.sealing import form_number
from harborline.sites.sentences import told
from harborline.sites.visiting import Visit, visit_of

CHUNK_MAX = 8 * 1024**2
_NAME_MAX = 1000
_OFFSET = re.compile(r"[0-9]{1,18}")


class _Upload(View):
    def dispatch(self, request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:  # noqa: ANN401 - as the base class
        """Answer, with a refusal in words the page can show."""
        try:
            return super().dispatch(request, *args, **named)
        except Refused as refused:
            said = told(refused.decision)
            return _problem(f"{said.sentence} {said.next_step}", HTTPStatus.UNPROCESSABLE_ENTITY)
        except NotFound as nothing:
            return _problem(nothing.neutral(), HTTPStatus.NOT_FOUND)
        except Unavailable as later:
            return _problem(later.neutral(), HTTPStatus.SERVICE_UNAVAILABLE)

    @property
    def visit(self) -> Visit:
        """Whose upload it is."""
        return visit_of(self.request)

    def mine(self, act: Any) -> Held:  # noqa: ANN401 - a call of the intake that takes the participant
        """What the intake answers for the one of the person's participants whose document it is."""
        last: NotFound | None = None
        for one in self.visit.participants:
            try:
                with self.visit.acting(PURPOSE):
                    found: Held = act(one.id)
                    return found
            except NotFound as nothing:
                last = nothing
        raise last or NotFound("no such document here")


def _problem(words: str, status: HTTPStatus) -> JsonResponse:
    return JsonResponse({"problem": words}, status=status)


def _said(held: Held) -> JsonResponse:
    status = HTTPStatus.OK if held.taken else HTTPStatus.CONFLICT
    content = {"document": str(held.document_id), "submission": str(held.submission_id)}
    return JsonResponse({**content, "offset": held.offset, "size": held.size}, status=status)


class Begin(_Upload):
    """Begin one file: its name and size, and the submission it belongs to where there is one already.

    `upload` is the page's own number for the file, `once` the form's: begun again under both, it is the same file.
    """

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Files that came in only in part, with the digest of each piece that is held."""
        del request
        with self.visit.acting(PURPOSE):
            found = [one for mine in self.visit.participants for one in begun_by(mine.id)]
        return JsonResponse({"begun": [
            {"document": str(one.document_id), "submission": str(one.submission_id), "name": one.name,
             "size": one.size, "pieces": [list(piece) for piece in one.pieces]}
            for one in found
        ]})  # fmt: skip

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Begin it."""
        given = _json(request)
        size, name = given.get("size"), given.get("name")
        if not isinstance(size, int) or isinstance(size, bool) or not isinstance(name, str) or len(name) > _NAME_MAX:
            return _problem("size and name", HTTPStatus.BAD_REQUEST)
        try:
            submission = UUID(str(given["submission"])) if given.get("submission") else None
        except ValueError:
            raise NotFound("no such submission here") from None
        said = {key: str(given.get(key) or "") for key in ("county", "case", "once")}
        with self.visit.acting(PURPOSE):
            order = order_of(self.visit, **said)
            upload = form_number(str(given.get("upload") or ""))
            begin = ports.serving(Intake).begin
            return _said(begin(order, name=name, size=size, submission_id=submission, once=upload))


class Bytes(_Upload):
    """One file on its way: how much is held; take a piece at `offset`, and finish with the last."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, document_id: UUID) -> HttpResponseBase:
        """How much is held."""
        del request
        return _said(self.mine(lambda who: ports.serving(Intake).held(document_id, participant_id=who)))

    def post(self, request: HttpRequest, document_id: UUID) -> HttpResponseBase:
        """Take a piece; the file is finished as soon as its last byte is there."""
        said = request.GET.get("offset", "")
        if not _OFFSET.fullmatch(said):
            return _problem("offset", HTTPStatus.BAD_REQUEST)
        content = request.read(CHUNK_MAX + 1)
        if len(content) > CHUNK_MAX:
            return _problem("a piece has 8 MiB at most", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if len(content) != int(request.headers.get("Content-Length") or -1):
            return _problem("the piece broke off", HTTPStatus.BAD_REQUEST)
        return _said(self.mine(lambda who: _taken(document_id, int(said), content, who)))


def _taken(document_id: UUID, offset: int, content: bytes, participant_id: UUID) -> Held:
    intake = ports.serving(Intake)
    held = intake.append(document_id, offset, content, participant_id=participant_id)
    if held.taken and held.offset == held.size:
        return intake.finish(document_id, participant_id=participant_id)
    return held


class Close(_Upload):
    """Everything was sent."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, submission_id: UUID) -> HttpResponseBase:
        """Close the submission; answers where the receipt is."""
        del request
        for one in self.visit.participants:
            try:
                with self.visit.acting(PURPOSE):
                    ports.serving(Intake).close(submission_id, participant_id=one.id)
            except NotFound:
                continue
            return JsonResponse({"receipt": reverse("portal:papers-receipt", args=[submission_id])})
        raise NotFound("no such submission here")


def _json(request: HttpRequest) -> dict[str, Any]:
    try:
        found = json.loads(request.read(10_000))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
