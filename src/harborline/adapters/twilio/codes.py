"""The provider's error codes: what each means for us, in an answer or in a later status callback.

Source: the provider's error and warning dictionary; codes that are not here count as what the message's own status
or the HTTP status says.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Final


class Meaning(enum.Enum):
    """What a code says.

    THROTTLED: we are too fast, or a queue is full. RESTING: the provider rests. ACCOUNT: our account, number or
    registration is not in order. STOPPED: the recipient stopped with the provider. FILTERED: the network takes the
    words for unwanted. BAD_NUMBER: no such number. NO_TEXTS: the line takes no texts. UNREACHED: the handset was not
    reached. EXPIRED: its time was over before it could be delivered. REFUSED: anything else that is final.
    """

    THROTTLED = "throttled"
    RESTING = "resting"
    ACCOUNT = "account"
    STOPPED = "stopped"
    FILTERED = "filtered"
    BAD_NUMBER = "bad-number"
    NO_TEXTS = "no-texts"
    UNREACHED = "unreached"
    EXPIRED = "expired"
    REFUSED = "refused"


CODES: Final[Mapping[str, Meaning]] = {
    "14107": Meaning.THROTTLED,  # message rate limit
    "20429": Meaning.THROTTLED,  # too many requests
    "21611": Meaning.THROTTLED,  # the queue of the sending number is full
    "30001": Meaning.THROTTLED,  # queue overflow
    "63038": Meaning.THROTTLED,  # daily limit of the account
    "20503": Meaning.RESTING,  # service unavailable
    "20003": Meaning.ACCOUNT,  # wrong credentials
    "20005": Meaning.ACCOUNT,  # account not active
    "20006": Meaning.ACCOUNT,  # access denied
    "20404": Meaning.ACCOUNT,  # no such account
    "21212": Meaning.ACCOUNT,  # sending number not valid
    "21603": Meaning.ACCOUNT,  # no sending number
    "21606": Meaning.ACCOUNT,  # sending number not ours
    "21607": Meaning.ACCOUNT,  # sending number takes no texts
    "21659": Meaning.ACCOUNT,  # sending number not ours
    "21701": Meaning.ACCOUNT,  # no such messaging service
    "21703": Meaning.ACCOUNT,  # messaging service without numbers
    "21704": Meaning.ACCOUNT,  # messaging service without a number for this country
    "21705": Meaning.ACCOUNT,  # messaging service not valid
    "30002": Meaning.ACCOUNT,  # account suspended
    "30024": Meaning.ACCOUNT,  # sender not provisioned
    "30032": Meaning.ACCOUNT,  # toll-free number not verified
    "30034": Meaning.ACCOUNT,  # number not registered for this campaign
    "21610": Meaning.STOPPED,  # the recipient stopped
    "30007": Meaning.FILTERED,  # filtered by the network
    "21211": Meaning.BAD_NUMBER,  # not a number
    "21217": Meaning.BAD_NUMBER,  # not a number
    "21219": Meaning.BAD_NUMBER,  # number not verified
    "30005": Meaning.BAD_NUMBER,  # unknown handset
    "21614": Meaning.NO_TEXTS,  # not a mobile number
    "21635": Meaning.NO_TEXTS,  # landline
    "30006": Meaning.NO_TEXTS,  # landline, or its carrier cannot be reached
    "30003": Meaning.UNREACHED,  # handset switched off or out of reach
    "30036": Meaning.EXPIRED,  # validity period over
    "21408": Meaning.REFUSED,  # region not enabled
    "21602": Meaning.REFUSED,  # no words
    "21617": Meaning.REFUSED,  # too long
    "30004": Meaning.REFUSED,  # blocked
    "30008": Meaning.REFUSED,  # unknown error
}


def meaning_of(code: str) -> Meaning:
    """What the code means; REFUSED for one that is not known."""
    return CODES.get(code, Meaning.REFUSED)
