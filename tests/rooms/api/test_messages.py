"""Texts handed in one by one."""

from __future__ import annotations

from pathlib import Path

from tests.rooms.api.caller import machine
from tests.rooms.api.people import text


class TestATextThatMayGo:
    """Ben opted in; the state's system reminds him."""

    def test_is_queued_before_the_answer(self, town: Path) -> None:
        """The answer names it, and it is there."""
        state = machine()
        heard = state.post("messages", {"messages": [text()]})
        assert heard.status == 202, heard.body
        (told,) = heard.json["messages"]
        assert told["state"] == "queued"
        assert told["decision"]["outcome"] == "allow"
        found = state.get(f"messages/{told['id']}")
        assert found.json["state"] == "queued", found.body
