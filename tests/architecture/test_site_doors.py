"""Every URL and method is declared: its permission, who comes through, what it leaves on record."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, path
from django.views import View

from harborline.sites.console import doors as console
from harborline.sites.doors import ANYONE, CLOSED, OWN, PARTICIPANT, Door, doors, methods
from harborline.sites.permissions import PERMISSIONS

METHODS = ("get", "post", "put", "patch", "delete")


def patterns(found: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every URL with its name as the table spells it."""
    for each in found:
        if isinstance(each, URLResolver):
            inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
            yield from patterns(each.url_patterns, inner)
        else:
            yield f"{namespace}{each.name or ''}", each


def urls() -> list[tuple[str, URLPattern]]:
    """Every URL of the installation."""
    return list(patterns(get_resolver().url_patterns))


def undeclared(found: list[tuple[str, URLPattern]]) -> set[str]:
    """Names of URLs that are neither declared nor closed."""
    return {name or str(each.pattern) for name, each in found if name not in CLOSED and not methods(name)}


def offered(pattern: URLPattern) -> set[str]:
    """The methods a class-based view of ours answers; empty for a plain function."""
    view = getattr(pattern.callback, "view_class", None)
    if view is None or not view.__module__.startswith("harborline."):
        return set()
    return {name.upper() for name in METHODS if name in view.http_method_names and hasattr(view, name)}


class TestTheTable:
    """`sites.doors`, the one list of ways in."""

    def test_names_every_url(self) -> None:
        """Nobody can add a page beside it."""
        assert undeclared(urls()) == set()

    def test_notices_a_url_that_nobody_declared(self) -> None:
        """The walk fails when it should: a page added on the quiet is named."""

        def quiet(request: HttpRequest) -> HttpResponse:
            return HttpResponse()

        added = list(patterns([path("quiet/", quiet, name="quiet")]))
        assert undeclared([*urls(), *added]) == {"quiet"}

    def test_names_no_url_that_is_gone(self) -> None:
        """Every line of the table leads somewhere."""
        there = {name for name, _ in urls()}
        assert {view for view, _ in doors()} | CLOSED <= there

    def test_names_exactly_the_methods_our_views_answer(self) -> None:
        """A page that takes a form says so, and one that does not has no such door."""
        wrong = {
            name: (offered(each), set(methods(name)))
            for name, each in urls()
            if offered(each) and offered(each) != set(methods(name))
        }
        assert not wrong

    def test_never_changes_anything_on_a_reading_permission(self) -> None:
        """Who may only look cannot send a form."""
        assert not [door for door in doors().values() if door.method != "GET" and door.permission.endswith(":read")]

    def test_asks_only_for_permissions_some_role_carries(self) -> None:
        """A door nobody could open would be a mistake; one's own account needs no role."""
        carried = frozenset().union(*PERMISSIONS.values())
        assert {door.permission for door in doors().values()} - {ANYONE, OWN, PARTICIPANT} <= carried

    def test_guards_every_page_of_the_console(self) -> None:
        """No door of the console is open to anyone."""
        assert not [door for (view, _), door in doors().items() if view.startswith("console:") and not door.permission]

    def test_says_who_comes_through_and_what_stays_on_record(self) -> None:
        """Each line can be read by an auditor."""
        assert not [door for door in doors().values() if not door.who or not door.event]


class TestAClassBasedView:
    """How the walk reads the methods of a view."""

    @pytest.mark.parametrize(("names", "found"), [(["get"], {"GET"}), (["get", "post"], {"GET", "POST"})])
    def test_is_asked_for_its_methods(self, names: list[str], found: set[str]) -> None:
        """Only those that it has and lets through."""
        Some.__module__ = "harborline.sites.console.some"
        Some.http_method_names = names
        assert offered(path("some/", Some.as_view())) == found


class Some(View):
    """A view that could answer both."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show."""
        return HttpResponse()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do."""
        return HttpResponse()


class TestADoor:
    """One line of the table."""

    def test_may_not_stand_twice(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Two lines for one door would be two answers."""
        monkeypatch.setattr(console, "DOORS", (*console.DOORS, Door("console:home", "GET", "home:read", "twice")))
        doors.cache_clear()
        with pytest.raises(TypeError, match="declared twice"):
            doors()
        doors.cache_clear()
