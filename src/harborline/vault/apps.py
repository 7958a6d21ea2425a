"""Django application of the vault: no tables; keys live with the key provider."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """The vault."""

    name = "harborline.vault"
    label = "vault"
