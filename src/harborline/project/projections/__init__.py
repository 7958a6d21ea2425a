"""Tables of rooms that repeat what entries of the proof log say, and how each is compared with them (`ledger fsck`).

Each serves `ledger.ports.Projection` under the name of its room.
"""

from harborline.kernel import ports
from harborline.ledger.ports import Projection
from harborline.project.projections.consents import Consents
from harborline.project.projections.texts import Texts

__all__ = ["serve_projections"]


def serve_projections() -> None:
    """Serve every projection of the product."""
    ports.serve(Projection, Consents(), "consent")
    ports.serve(Projection, Texts(), "messaging")
