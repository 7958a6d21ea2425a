"""The way to a witness over HTTP (C2SP tlog-witness).

Serves `ledger.ports.WitnessLine`. What leaves is a signed checkpoint with hashes: nothing about anybody.
"""

from harborline.adapters.witness.line import HttpWitness

__all__ = ["HttpWitness"]
