"""A mailbox outside (the auditor's, the state's) that gets a checkpoint once a day."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import closing, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from harborline.kernel import Invalid, Unavailable, clock
from harborline.ledger.facts import Receipt, SignedHead
from harborline.ledger.ports import LogTiles

TIMEOUT_S = 30.0
_WORDS = """\
This is the newest signed checkpoint of the proof log {origin}.

It says that the log had {size} entries, and which ones, without telling what they are about.
Keep this message. Whoever holds it can show later that nothing before it was changed or removed:
save the attached file and run

  harborline ledger verify --log <the published log> --vkey <its key line> --old-checkpoint checkpoint.txt

Nobody needs to answer this message.
"""


@dataclass(frozen=True, slots=True)
class MailWay:
    """The server that takes our mail: host, port, account (may be empty), how the line is kept private.

    `security` is `tls` (from the first byte), `starttls` or `none` (for a server on this machine only).
    """

    host: str
    port: int = 465
    account: str = ""
    password: str = ""
    security: str = "tls"

    def __post_init__(self) -> None:
        """Refuse to give a password, or to talk to another machine, in the clear."""
        if self.security not in {"tls", "starttls", "none"}:
            raise Invalid("must be tls, starttls or none", "security")
        here = self.host in {"localhost", "127.0.0.1", "::1"}
        if self.security == "none" and (self.account or not here):
            raise Invalid("none is for a mail server on this machine without a password", "security")

    def __repr__(self) -> str:
        """Without the password."""
        return f"MailWay({self.host}:{self.port}, {self.security})"


@dataclass(frozen=True, slots=True)
class CheckpointMail:
    """Sends the checkpoint as an attachment, with a word about what it is, from and to one address each."""

    way: MailWay
    sender: str
    recipient: str
    every_s: float = 24 * 3600.0
    context: ssl.SSLContext | None = None

    def hold(self, checkpoint: SignedHead, log: LogTiles) -> Receipt:
        """Send it; held once the server has taken it over. Raises `Unavailable` when it did not."""
        del log
        message = self._message(checkpoint)
        try:
            with closing(self._server()) as server:
                self._introduce(server)
                server.send_message(message)
                # The message is theirs now, whatever they say to goodbye.
                with suppress(smtplib.SMTPException, OSError):
                    server.quit()
        except smtplib.SMTPException as wrong:
            raise Unavailable(f"the mail server did not take the checkpoint ({type(wrong).__name__})") from None
        except OSError as wrong:
            raise Unavailable(f"the mail server cannot be reached ({wrong.strerror or type(wrong).__name__})") from None
        return Receipt(str(message["Message-ID"]).encode())

    def newest(self, origin: str) -> bytes | None:
        """None: mail is not read back."""
        del origin
        return None

    def _message(self, checkpoint: SignedHead) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"] = self.sender, self.recipient
        message["Subject"] = f"Checkpoint of the proof log {checkpoint.origin}: {checkpoint.size} entries"
        message["Date"] = formatdate(clock.now().timestamp())
        message["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(_WORDS.format(origin=checkpoint.origin, size=checkpoint.size))
        message.add_attachment(
            checkpoint.note, maintype="application", subtype="octet-stream", filename="checkpoint.txt"
        )
        return message

    def _server(self) -> smtplib.SMTP:
        if self.way.security == "tls":
            return smtplib.SMTP_SSL(self.way.host, self.way.port, timeout=TIMEOUT_S, context=self._trust())
        return smtplib.SMTP(self.way.host, self.way.port, timeout=TIMEOUT_S)

    def _introduce(self, server: smtplib.SMTP) -> None:
        if self.way.security == "starttls":
            server.starttls(context=self._trust())
        if self.way.account:
            server.login(self.way.account, self.way.password)

    def _trust(self) -> ssl.SSLContext:
        return self.context or ssl.create_default_context()
