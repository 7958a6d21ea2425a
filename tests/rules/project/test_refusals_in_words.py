"""What the command line says when a rule refuses."""

from __future__ import annotations

import sys

import pytest

from harborline.kernel import Refused, refuse
from harborline.project import command


class TestARefusal:
    """On standard error."""

    @pytest.mark.clause("CA-CSS-03-11:secure-connection", shows="refuses")
    @pytest.mark.parametrize(
        ("reason", "remedy"),
        [
            ("plain-ftp", "Choose SFTP. The partner needs only a key."),
            ("second-person-needed", "Ask someone else to approve it."),
        ],
    )
    def test_names_clause_and_remedy(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], reason: str, remedy: str
    ) -> None:
        """As the page does, on one line; exit code 1."""

        def app() -> None:
            raise Refused(refuse(reason).stamped("a.rule", ("CA-CSS-03-11:secure-connection",)))

        monkeypatch.setattr(command, "app", app)
        monkeypatch.setattr(sys, "argv", ["harborline"])
        with pytest.raises(SystemExit) as ended:
            command.main()
        said = capsys.readouterr().err
        assert (ended.value.code, said.count("\n")) == (1, 1)
        assert said.startswith(f"harborline: refuse: {reason} (CA-CSS-03-11:secure-connection) ")
        assert said.endswith(f" {remedy}\n")
