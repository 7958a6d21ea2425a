"""What row-level security costs on key and list queries, beside its limit: at most 10 %.

    python benchmarks/walls.py [--cases 20000] [--counties 100] [--rounds 400] [--json FILE]

Builds cases with two parties and a manager each, spread over the counties, in an embedded PostgreSQL of its own. Every
question is asked behind the walls by the app role (its context set before, in the same transaction) and past them by a
superuser, with program and county written into the question; both in turn, so that what else the machine does falls on
both alike. It is asked twice over: by the driver with prepared statements, and through Django as the product asks it.
5,000,000 cases is the size of the line in docs; the default is small. Prints the middle and the 95th percentile in
milliseconds, and how much the walls add: the limit is for the question as the product asks it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 0.10
PROGRAM, AGENCY = "nc-css", "nc-dhhs"
_CONTEXT = (
    "SELECT set_config('harborline.program', 'nc-css', true), set_config('harborline.agency', 'nc-dhhs', true),"
    " set_config('harborline.counties', %s, true)"
)
_MINE = "program = 'nc-css' AND county = %(county)s"
DRIVER, DJANGO = "by the driver", "through Django"
Ask = Callable[..., tuple[list[Any], float]]
QUESTIONS = {
    "participant by key": "SELECT language, zip FROM people_participant WHERE id = %(participant)s",
    "case by number": "SELECT id FROM people_case WHERE program = 'nc-css' AND external_id = %(number)s",
    "parties of a case": "SELECT participant_id, role FROM people_caseparty WHERE case_id = %(case)s",
    "caseload, 50 of it": (
        "SELECT c.id, c.external_id FROM people_casemanagerassignment a JOIN people_case c ON c.id = a.case_id"
        " WHERE a.worker_number = %(worker)s AND a.until_at IS NULL AND c.open ORDER BY c.external_id LIMIT 50"
    ),
}
_FILL = """
CREATE TEMP TABLE bench AS SELECT n, lpad((37001 + 2 * (n %% %(counties)s))::text, 5, '0') AS county
  FROM generate_series(1, %(cases)s) n;
CREATE TEMP TABLE side AS SELECT * FROM (VALUES ('a', 'custodial-party'), ('b', 'noncustodial-parent')) v(s, role);
INSERT INTO people_person (id, agency, source, external_id, identity, identity_digest)
SELECT md5('p' || n || s)::uuid, 'nc-dhhs', 'nc-css', 'N' || n || s, '\\x00', '\\x00' FROM bench, side;
INSERT INTO people_participant (id, program, county, external_id, person_id, language, zone, zip, row_digest, discreet)
SELECT md5('t' || n || s)::uuid, 'nc-css', county, 'P' || n || s, md5('p' || n || s)::uuid, 'en', '', '27601',
       '\\x00', false FROM bench, side;
INSERT INTO people_case (id, program, county, external_id, open)
SELECT md5('c' || n)::uuid, 'nc-css', county, 'C' || n, true FROM bench;
INSERT INTO people_caseparty (id, program, county, case_id, participant_id, role, adult)
SELECT md5('y' || n || s)::uuid, 'nc-css', county, md5('c' || n)::uuid, md5('t' || n || s)::uuid, role, true
  FROM bench, side;
INSERT INTO people_casemanagerassignment (id, program, county, case_id, worker_number, since_at)
SELECT md5('m' || n)::uuid, 'nc-css', county, md5('c' || n)::uuid, 'W' || county || '-' || n / %(counties)s / 300, now()
  FROM bench;
ANALYZE;
"""


def main() -> None:
    """Measure and print; exit code 1 when a question costs more than the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--counties", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=400)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="harborline-bench-") as home, ExitStack() as stack:
        os.environ["HARBORLINE_HOME"] = home
        os.environ.pop("HARBORLINE_DATABASE_URL", None)
        sys.path.insert(0, str(ROOT))
        found = _measured(stack, chosen.cases, chosen.counties, chosen.rounds)
    print(f"{chosen.cases:,} cases, {chosen.counties} counties, {chosen.rounds} rounds; limit {LIMIT:.0%}")
    print(f"{'question':<32}{'past the walls':>18}{'behind them':>18}{'added':>9}   (middle / p95, ms)")
    for name, one in found.items():
        past, behind = (f"{one[side]['middle']:.3f} / {one[side]['p95']:.3f}" for side in ("past", "behind"))
        print(f"{name:<32}{past:>18}{behind:>18}{one['added']:>9.1%}")
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1) + "\n")
    sys.exit(0 if all(one["added"] <= LIMIT for name, one in found.items() if name.endswith(DJANGO)) else 1)


def _measured(stack: ExitStack, cases: int, counties: int, rounds: int) -> dict[str, Any]:
    past = started(stack)
    fill(past, cases, counties)
    return asked(stack, cases, counties, rounds)


def asked(stack: ExitStack, cases: int, counties: int, rounds: int) -> dict[str, Any]:
    """Ask every question of a database that is filled already, by the driver and through Django."""
    from django.db import connections

    from harborline.project import databases

    known = databases.cluster()
    connections.databases["past"] = {
        **connections.databases["apart"], "USER": databases.ADMIN, "PASSWORD": known["passwords"][databases.ADMIN],
    }  # fmt: skip
    stack.callback(connections["past"].close)
    found = {}
    for name in QUESTIONS:
        found[f"{name}, {DRIVER}"] = _compared(name, _by_driver(stack), cases, counties, rounds)
        found[f"{name}, {DJANGO}"] = _compared(name, _by_django(), cases, counties, rounds)
    return found


def started(stack: ExitStack) -> Any:  # noqa: ANN401 - psycopg's connection
    """Start a database of its own; answers a superuser's connection past the walls."""
    from harborline.project import embedded

    stack.enter_context(embedded.running())
    from harborline.project.start import prepare

    prepare()
    from harborline.project.migrations import migrate

    migrate()
    from django.db import connections

    def close() -> None:
        for alias in connections:
            connections[alias].close()
            getattr(connections[alias], "close_pool", lambda: None)()

    past = stack.enter_context(embedded.admin_connection("harborline"))
    stack.callback(close)
    return past


def fill(past: Any, cases: int, counties: int) -> None:  # noqa: ANN401 - psycopg's connection
    """Put so many cases with their parties and managers in, spread over the counties."""
    with past.transaction():
        past.execute("SET LOCAL session_replication_role = replica")
        for statement in (_FILL % {"cases": cases, "counties": counties}).split(";\n"):
            if statement.strip():
                past.execute(statement)


def _by_driver(stack: ExitStack) -> Ask:
    """Ask by prepared statements, on a connection of each role."""
    import psycopg

    from harborline.project import databases, embedded

    app = stack.enter_context(psycopg.connect(databases.login(databases.APP).dsn(), autocommit=True))
    past = stack.enter_context(embedded.admin_connection("harborline"))

    def ask(name: str, given: dict[str, Any], *, behind: bool) -> tuple[list[Any], float]:
        sql = QUESTIONS[name] if behind else _past_sql(name)
        connection = app if behind else past
        with connection.transaction(), connection.cursor(binary=True) as cursor:
            # The superuser's transaction says the same, for nothing: the first statement of both is another one.
            cursor.execute(_CONTEXT, [given["county"]])
            began = time.perf_counter()
            rows = cursor.execute(sql, given, prepare=True).fetchall()
            return rows, time.perf_counter() - began

    return ask


def _past_sql(name: str) -> str:
    sql = QUESTIONS[name]
    wall = _MINE.replace("program", "c.program").replace("county =", "c.county =") if " c " in sql else _MINE
    return sql.replace("WHERE", f"WHERE {wall} AND", 1)


def _by_django() -> Ask:
    """Ask as the product's selectors do."""
    from django.db import transaction

    from harborline.people.models import Case, CaseManagerAssignment, CaseParty, Participant

    def question(name: str, given: dict[str, Any], using: str) -> Any:  # noqa: ANN401 - a queryset of some table
        match name:
            case "participant by key":
                return Participant.objects.using(using).filter(id=given["participant"]).values_list("language", "zip")
            case "case by number":
                cases = Case.objects.using(using).filter(program=PROGRAM, external_id=given["number"])
                return cases.values_list("id")
            case "parties of a case":
                parties = CaseParty.objects.using(using).filter(case_id=given["case"])
                return parties.values_list("participant_id", "role")
            case _:
                mine = CaseManagerAssignment.objects.using(using).filter(
                    worker_number=given["worker"], until_at=None, case__open=True
                )
                return mine.order_by("case__external_id").values_list("case_id", "case__external_id")[:50]

    def ask(name: str, given: dict[str, Any], *, behind: bool) -> tuple[list[Any], float]:
        using = "default" if behind else "past"
        with transaction.atomic(using=using), connections_cursor(using) as cursor:
            cursor.execute(_CONTEXT, [given["county"]])
            began = time.perf_counter()
            # Both name program and county, so that Django has the same to do: what differs are the walls.
            rows = _with_wall(question(name, given, using), name, given["county"])
            return list(rows), time.perf_counter() - began

    return ask


def _with_wall(rows: Any, name: str, county: str) -> Any:  # noqa: ANN401 - a queryset, sliced or not
    where = "case__" if name.startswith("caseload") else ""
    limits = rows.query.low_mark, rows.query.high_mark
    rows.query.clear_limits()
    rows = rows.filter(**{f"{where}program": PROGRAM, f"{where}county": county})
    return rows[limits[0] : limits[1]]


def connections_cursor(using: str) -> Any:  # noqa: ANN401 - Django's cursor
    """Django's cursor of one of its connections."""
    from django.db import connections

    return connections[using].cursor()


def _compared(name: str, ask: Ask, cases: int, counties: int, rounds: int) -> dict[str, Any]:
    took = {"past": list[float](), "behind": list[float]()}
    chance = random.Random(7)  # noqa: S311 - the same rows in every run
    for turn in range(rounds + 20):
        n = chance.randrange(1, cases + 1)
        county = f"{37001 + 2 * (n % counties):05d}"
        given = {
            "county": county, "participant": _id(f"t{n}a"), "number": f"C{n}", "case": _id(f"c{n}"),
            "worker": f"W{county}-{n // counties // 300}",
        }  # fmt: skip
        # Who comes second finds the rows in memory: both are first as often.
        sides = ("past", "behind") if turn % 2 else ("behind", "past")
        answers = {side: ask(name, given, behind=side == "behind") for side in sides}
        assert sorted(answers["past"][0]) == sorted(answers["behind"][0]), name
        assert answers["past"][0], name
        if turn >= 20:
            for side in sides:
                took[side].append(answers[side][1])
    figures = {side: _figures(values) for side, values in took.items()}
    return {**figures, "added": figures["behind"]["middle"] / figures["past"]["middle"] - 1}


def _id(name: str) -> Any:  # noqa: ANN401 - a UUID
    import hashlib
    import uuid

    return uuid.UUID(hashlib.md5(name.encode(), usedforsecurity=False).hexdigest())


def _figures(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {"middle": statistics.median(ordered) * 1e3, "p95": ordered[int(len(ordered) * 0.95)] * 1e3}


if __name__ == "__main__":
    main()
