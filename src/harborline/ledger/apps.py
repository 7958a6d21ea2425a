"""Django application of the ledger."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Entries, contents, tree, checkpoints."""

    name = "harborline.ledger"
    label = "ledger"
