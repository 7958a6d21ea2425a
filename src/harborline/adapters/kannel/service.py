"""What an operator puts into Kannel's configuration for one sender."""

from __future__ import annotations

from harborline.adapters.kannel.accounts import KannelAccount


def service_lines(account: KannelAccount) -> str:
    """The `sms-service` and `sendsms-user` groups of a sender, its password left open.

    With `wait-ack-expire = 2` in the `smsc` group Kannel waits for an answer instead of sending again, which could
    bring a text twice. Source: Kannel user's guide 1.4.5, chapter on SMS gateways.
    """
    return f"""# for the sender {account.sender} of {account.program}; in its smsc group also: wait-ack-expire = 2
group = sendsms-user
username = {account.username}
password = (the one in HARBORLINE_KANNEL_PASSWORD)
default-sender = {account.origin}
faked-sender = {account.origin}
concatenation = true
max-messages = 10

group = sms-service
keyword = default
catch-all = true
max-messages = 0
get-url = "{account.inbound}?from=%p&text=%b&charset=%C&coding=%c&id=%I"
"""
