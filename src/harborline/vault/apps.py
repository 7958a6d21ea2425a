"""Django application of the vault: its only table holds orders to destroy; keys live outside the database."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """The vault."""

    name = "harborline.vault"
    label = "vault"
