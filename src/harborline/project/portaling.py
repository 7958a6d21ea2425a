"""What the portal needs from rooms above people."""

from __future__ import annotations

from harborline.kernel import ports
from harborline.messaging.services import CodesByText
from harborline.people.ports import CodeSender
from harborline.project.portal_disposal import PortalTraces
from harborline.retention.ports import Disposable


def serve_portal() -> None:
    """Codes go by text; what is over of visits and codes is offered to retention."""
    ports.serve(CodeSender, CodesByText())
    ports.serve(Disposable, PortalTraces(), "portal")
