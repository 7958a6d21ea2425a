"""What homes that tests made leave behind outside of themselves."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

from harborline.project.databases import ROOT_STATE


def remove_clusters(roots: Iterable[Path]) -> None:
    """Remove the ended clusters of every home under these directories; one that still runs stays."""
    for root in roots:
        for known in root.rglob("keys/database.json"):
            cluster = Path(json.loads(known.read_text())["socket"]).parent
            if cluster.parent == ROOT_STATE and not (cluster / "data" / "postmaster.pid").exists():
                shutil.rmtree(cluster, ignore_errors=True)
