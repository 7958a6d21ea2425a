"""The classification of every table: our models say their own, the tables of libraries are listed here."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.apps import apps
from django.db import models

from harborline.kernel import Broken
from harborline.walls.facts import Portal, Through, Wall

# Sessions, account and queue tables hold worker accounts and job arguments (identifiers, never personal data of
# participants); the app role needs them before any context exists.
LIBRARY_TABLES: dict[str, Wall] = {
    "account_emailaddress": Wall.GLOBAL,
    "account_emailconfirmation": Wall.GLOBAL,
    "auth_group": Wall.GLOBAL,
    "auth_group_permissions": Wall.GLOBAL,
    "auth_permission": Wall.GLOBAL,
    "django_content_type": Wall.GLOBAL,
    "django_migrations": Wall.GLOBAL,
    "django_session": Wall.GLOBAL,
    "django_site": Wall.GLOBAL,
    "harborline_cache": Wall.GLOBAL,
    "mfa_authenticator": Wall.GLOBAL,
    "procrastinate_events": Wall.GLOBAL,
    "procrastinate_jobs": Wall.GLOBAL,
    "procrastinate_periodic_defers": Wall.GLOBAL,
    "procrastinate_workers": Wall.GLOBAL,
    "socialaccount_socialaccount": Wall.GLOBAL,
    "socialaccount_socialapp": Wall.GLOBAL,
    "socialaccount_socialtoken": Wall.GLOBAL,
    "usersessions_usersession": Wall.GLOBAL,
    "workforce_worker_groups": Wall.GLOBAL,
    "workforce_worker_user_permissions": Wall.GLOBAL,
}


@dataclass(frozen=True, slots=True)
class Table:
    """One table with its wall, its composite keys (foreign key field → target table), its grants.

    `portal` says what a participant's own session may touch of it; a table that says nothing is staff's alone.
    `seen_keys` are foreign keys (field → target table) to rows that the writer must see, where no composite key can
    carry the wall. Rows of a table that `stays` may be carried on and never taken away.
    """

    name: str
    wall: Wall
    append_only: bool = False
    composite_keys: tuple[tuple[str, str], ...] = ()
    grants: dict[str, str] = field(default_factory=dict)
    portal: Portal | Through = Portal.STAFF
    seen_keys: tuple[tuple[str, str], ...] = ()
    stays: bool = False

    @property
    def protected(self) -> bool:
        """Whether row-level security stands on it."""
        return self.wall in (Wall.COUNTY, Wall.PROGRAM, Wall.AGENCY, Wall.VAULT)


def tables() -> list[Table]:
    """Every table of the installed rooms and libraries, sorted by name.

    Raises `Broken` for a model of ours without a `wall`: an unclassified table may not exist.
    """
    found = [_of(model) for model in apps.get_models(include_auto_created=True) if model._meta.managed]  # noqa: SLF001 - Django's public-by-custom model interface
    listed = {table.name for table in found}
    found += [Table(name, wall) for name, wall in LIBRARY_TABLES.items() if name not in listed]
    return sorted(found, key=lambda table: table.name)


def _of(model: type[models.Model]) -> Table:
    name = model._meta.db_table  # noqa: SLF001 - as above
    wall = getattr(model, "wall", None) or LIBRARY_TABLES.get(name)
    if not isinstance(wall, Wall):
        raise Broken(f"table {name} is not classified: give its model a wall (harborline.walls.Wall)")
    return Table(
        name,
        wall,
        append_only=getattr(model, "append_only", False),
        composite_keys=tuple(getattr(model, "composite_keys", ())),
        grants=dict(getattr(model, "grants", {})),
        portal=getattr(model, "portal", Portal.STAFF),
        seen_keys=tuple(getattr(model, "seen_keys", ())),
        stays=bool(getattr(model, "stays", False)),
    )
