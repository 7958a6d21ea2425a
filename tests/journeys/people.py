"""People at the browser: they sign in once, and every page they see is looked over."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any
from weakref import WeakSet

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page
from tests.journeys.stage import PASSWORD, code

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
SCREENS = {"desktop": DESKTOP, "phone": PHONE}
# What axe looks for: WCAG 2.0 to 2.2, levels A and AA, and its own good practice.
_AXE = Axe().axe_script
_LOOK = "axe.run({resultTypes: ['violations']}).then(found => found.violations)"
_ID, _NOT_PLAIN = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f-]{30,36}"), re.compile(r"[^A-Za-z0-9]+")
_AT_A_WINDOW: WeakSet[Person] = WeakSet()


class Person:
    """Somebody with a browser window of their own; what goes wrong in it is collected."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.address = address
        _AT_A_WINDOW.add(self)
        self.window: BrowserContext = browser.new_context(viewport=DESKTOP, locale="en-US")  # type: ignore[arg-type]  # a viewport
        self.page: Page = self.window.new_page()
        self.wrong: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))

    def _hear(self, message: Any) -> None:  # noqa: ANN401 - playwright's own
        if message.type == "error":
            self.wrong.append(f"{self.page.url}: {message.text}")

    def goes_to(self, path: str) -> Page:
        """Open a page."""
        self.page.goto(self.address + path)
        return self.page

    def signs_in(self, email: str) -> Page:
        """Password, then the code of the app."""
        self.goes_to("/console/")
        self.page.fill("input[name=login]", email)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.click("main button[type=submit]")
        self.page.fill("input[name=code]", code(int(time.time()) // 30))
        self.page.click("main button[type=submit]")
        self.page.wait_for_selector("nav.hl-side")
        return self.page

    def reads(self, language: str) -> None:
        """Choose the language of the pages."""
        self.window.add_cookies([{"name": "django_language", "value": language, "url": self.address}])

    def looks(self, screen: str) -> None:
        """Look through a window of this size."""
        self.page.set_viewport_size(SCREENS[screen])  # type: ignore[arg-type]  # a viewport

    def keeps_a_picture(self, folder: Path, name: str) -> None:
        """Keep what the whole page looks like; ids in the name stand as `ID`."""
        plain = _NOT_PLAIN.sub("-", _ID.sub("ID", name)).strip("-")
        self.page.screenshot(path=folder / f"{plain}.png", full_page=True)

    def complaints(self) -> list[str]:
        """What a person with a disability would meet: axe findings, sideways scrolling, errors of the browser."""
        # Once in each document: whoever looks again through another window finds it there.
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(_AXE)
        found = [
            f"{self.page.url}: {one['id']} at {[node['target'] for node in one['nodes']][:3]}"
            for one in self.page.evaluate(_LOOK)
        ]
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found.append(f"{self.page.url}: {wide} pixels too wide")
        heard, self.wrong = self.wrong, []
        return found + heard

    def leaves(self) -> None:
        """Close the window."""
        _AT_A_WINDOW.discard(self)
        self.window.close()


def everybody_reads_english() -> None:
    """Whatever language the test before left on somebody's pages."""
    for person in list(_AT_A_WINDOW):
        person.reads("en")
