"""Floors, pure core, sites and doors: the import contracts hold, and each of them can fail."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = (
    *("kernel", "law", "walls", "ledger", "vault", "people", "workforce", "consent", "vendors"),
    *("messaging", "adapters", "sites", "sites/console", "sites/phones", "project"),
)


def lint(directory: Path) -> subprocess.CompletedProcess[str]:
    """Run lint-imports with our contracts over the package `harborline` that `directory` sees first."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--config", str(ROOT / ".importlinter")]
    environment = {**os.environ, "PYTHONPATH": f"{directory}{os.pathsep}{ROOT}", "COLUMNS": "200"}
    return subprocess.run(
        [*command, "--no-cache", "--no-logo"],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """An empty house with every floor, in which a test can break something."""
    (tmp_path / "harborline").mkdir()
    (tmp_path / "harborline" / "__init__.py").touch()
    named = re.findall(
        r"^ +harborline\.(\w+\.\w+)$", (ROOT / ".importlinter").read_text(encoding="utf-8"), re.MULTILINE
    )
    for part in (*FLOORS, *(name.replace(".", "/") for name in named)):
        (tmp_path / "harborline" / part).mkdir(parents=True)
        for package in (tmp_path / "harborline" / part, (tmp_path / "harborline" / part).parent):
            (package / "__init__.py").touch()
    return tmp_path


class TestTheContracts:
    """What import-linter says of the house."""

    def test_hold(self) -> None:
        """No room reaches up, through a window, or from a rule into the database."""
        found = lint(ROOT)
        assert found.returncode == 0, found.stdout + found.stderr

    def test_hold_in_an_empty_house(self, house: Path) -> None:
        """So that the next test fails for the one thing it breaks."""
        found = lint(house)
        assert found.returncode == 0, found.stdout + found.stderr

    @pytest.mark.parametrize(
        ("files", "broken"),
        [
            ({"kernel/clock.py": "import harborline.law"}, "only the floors below"),
            ({"consent/rules.py": "import harborline.vendors.facts", "vendors/facts.py": ""}, "only the floors below"),
            ({"attic/__init__.py": ""}, "only the floors below"),
            ({"consent/rules.py": "import django"}, "pure core"),
            (
                {"consent/rules.py": "import harborline.consent.models", "consent/models.py": "import django"},
                "pure core",
            ),
            ({"messaging/words/guard.py": "import psycopg", "messaging/words/__init__.py": ""}, "pure core"),
            ({"sites/console/views.py": "import harborline.sites.phones"}, "Sites stand apart"),
            ({"messaging/services.py": "import harborline.consent.models", "consent/models.py": ""}, "by the doors"),
            ({"adapters/sms.py": "import harborline.messaging.services", "messaging/services.py": ""}, "by the doors"),
        ],
    )
    def test_can_fail(self, house: Path, files: dict[str, str], broken: str) -> None:
        """A check that cannot fail is a defect: each contract turns red for what it forbids."""
        for name, content in files.items():
            path = house / "harborline" / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, encoding="utf-8")
        found = lint(house)
        assert found.returncode == 1
        red = [line for line in found.stdout.splitlines() if line.rstrip().endswith("BROKEN")]
        assert any(broken in line for line in red), found.stdout

    @pytest.mark.parametrize(
        "files",
        [
            {"messaging/services.py": "import harborline.consent.selectors", "consent/selectors.py": "import django"},
            {"messaging/rules.py": "import harborline.consent.rules", "consent/rules.py": "import harborline.kernel"},
            {"adapters/sms.py": "import harborline.messaging.ports", "messaging/ports.py": ""},
            {"project/wiring.py": "import harborline.messaging.models", "messaging/models.py": "import django"},
        ],
    )
    def test_let_the_doors_be_used(self, house: Path, files: dict[str, str]) -> None:
        """What the contracts are for: selectors, rules, ports, and the wiring that puts all together."""
        for name, content in files.items():
            (house / "harborline" / name).write_text(content, encoding="utf-8")
        assert lint(house).returncode == 0
