"""The pure door: what another room needs to carry or check evidence from the log, without a database.

A checkpoint and its key, an entry's public bytes, an opening of some of its fields, a proof that it is in the log,
and the small tree over the items of a batch.
"""

from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.checkpoint import verified as verified_checkpoint
from harborline.ledger.commitments import Opening, commit_content, open_fields, verify_opening
from harborline.ledger.entry import Entry, prefix, read_entry
from harborline.ledger.facts import Differs, Json
from harborline.ledger.note import VerifierKey
from harborline.ledger.proof import Proof
from harborline.ledger.published import VKEY, Directory
from harborline.ledger.tree import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    leaf_hashes,
    node_of,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from harborline.ledger.verifier import Verified, verify_log

__all__ = [
    "VKEY",
    "Checkpoint",
    "Differs",
    "Directory",
    "Entry",
    "Json",
    "Opening",
    "Proof",
    "Verified",
    "VerifierKey",
    "commit_content",
    "consistency_proof",
    "inclusion_proof",
    "leaf_hash",
    "leaf_hashes",
    "node_of",
    "open_fields",
    "prefix",
    "read_entry",
    "root_of",
    "verified_checkpoint",
    "verify_consistency",
    "verify_inclusion",
    "verify_log",
    "verify_opening",
]
