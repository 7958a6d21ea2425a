"""Ways to tell the person on call of an alert: the console and the log of the installation, for now."""

from harborline.adapters.alerts.console import ConsoleAlerts
from harborline.adapters.alerts.memory import MemoryAlerts

__all__ = ["ConsoleAlerts", "MemoryAlerts"]
