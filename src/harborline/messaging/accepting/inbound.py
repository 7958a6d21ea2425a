"""News of inbound texts: that one came and what it did; never its words, its number, or whose it is."""

from __future__ import annotations

from typing import Final

from harborline.kernel import clock
from harborline.messaging.accepting.facts import EventKind
from harborline.messaging.accepting.news import News, write_news
from harborline.messaging.accepting.records import Webhook
from harborline.messaging.accepting.waking import wake_soon
from harborline.messaging.conversations.facts import TextCame
from harborline.walls.cursor import bulk_cursor

EVERYWHERE: Final = "*"
_EFFECTS: Final = {"exact": "stopped", "clear": "stopped", "possible": "held"}


class InboundNews:
    """Hears of every inbound text that was kept (`ports.InboundListener`)."""

    def text_came(self, came: TextCame) -> None:
        """Queue news for the webhooks of machines that may see the county of one of its threads, or all counties."""
        counties = {thread.county for thread in came.threads} | {EVERYWHERE}
        hooks = Webhook.objects.filter(program=came.program, ended_at__isnull=True, county__in=counties)
        listening = [hook for hook in hooks if EventKind.INBOUND.value in hook.kinds]
        if not listening:
            return
        effect = _EFFECTS.get(came.opt_out) or ("started" if came.effect == "started" else "received")
        told = {"inbound": str(came.inbound_id), "effect": effect}
        news = News(None, EventKind.INBOUND, f"inbound:{came.inbound_id}", came.received_at, told)
        with bulk_cursor() as cursor:
            write_news(cursor, came.program, listening, [news], clock.now())
        wake_soon(came.program)
