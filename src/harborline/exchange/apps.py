"""Django application of the exchange."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Files between agencies."""

    name = "harborline.exchange"
    label = "exchange"
