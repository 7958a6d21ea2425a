"""The tables of the exchange."""

from harborline.exchange.models.files import (
    Agreement,
    AgreementEvent,
    AgreementVersion,
    Alarm,
    Attempt,
    Credential,
    Part,
    Partner,
    Receipt,
    Transmission,
    TransmissionEvent,
    TransmittedFile,
    Upload,
    Work,
)
from harborline.exchange.models.media import Acquisition, CustodyEvent, Disposition, Medium, Shipment
from harborline.exchange.models.prepared import PreparedFile, PreparedRecord

__all__ = [
    "Acquisition",
    "Agreement",
    "AgreementEvent",
    "AgreementVersion",
    "Alarm",
    "Attempt",
    "Credential",
    "CustodyEvent",
    "Disposition",
    "Medium",
    "Part",
    "Partner",
    "PreparedFile",
    "PreparedRecord",
    "Receipt",
    "Shipment",
    "Transmission",
    "TransmissionEvent",
    "TransmittedFile",
    "Upload",
    "Work",
]
