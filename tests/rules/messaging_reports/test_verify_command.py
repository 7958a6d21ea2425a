"""Checking the proof of one text from the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from tests.rules.messaging_reports.test_bundle import ORIGIN, VKEY, WORDS, changed, whole_life
from typer.testing import CliRunner, Result

from harborline.kernel import Invalid
from harborline.ledger import verify
from harborline.ledger.note import SigningKey
from harborline.messaging.reports.verify_command import app
from harborline.project import command


@pytest.fixture
def proof(tmp_path: Path) -> Path:
    """A proof on disk."""
    path = tmp_path / "proof.json"
    path.write_bytes(bytes(whole_life()))
    return path


def run(*arguments: str) -> Result:
    """The command with these arguments."""
    return CliRunner().invoke(app, ["verify", *arguments])


class TestCheckingAProof:
    """What a participant's lawyer types."""

    def test_shows_words_and_steps(self, proof: Path) -> None:
        """And ends with 0."""
        done = run(str(proof), "--vkey", VKEY)
        assert done.exit_code == 0
        assert WORDS in done.output
        assert "message.receipt  delivered" in done.output

    def test_takes_the_key_from_a_file(self, proof: Path, tmp_path: Path) -> None:
        """As the log publishes it."""
        (tmp_path / "vkey").write_text(f"{VKEY}\n")
        assert run(str(proof), "--vkey", str(tmp_path / "vkey")).exit_code == 0

    def test_speaks_json_to_machines(self, proof: Path) -> None:
        """One object."""
        shown = json.loads(run(str(proof), "--vkey", VKEY, "--json").output)
        assert (shown["text"], shown["log"], len(shown["steps"])) == (WORDS, ORIGIN, 3)

    def test_says_no_to_a_forged_one(self, proof: Path) -> None:
        """Exit code 1, with the place of the difference."""
        proof.write_bytes(changed(whole_life(), lambda form: form["steps"][0]["item"].update(text="You owe nothing.")))
        done = run(str(proof), "--vkey", VKEY)
        assert (done.exit_code, "does not hold" in done.output) == (1, True)

    def test_says_no_under_another_key(self, proof: Path) -> None:
        """A key of the same name."""
        assert run(str(proof), "--vkey", str(SigningKey.generate(ORIGIN).verifier)).exit_code == 1

    def test_names_a_file_it_cannot_read(self, tmp_path: Path) -> None:
        """A clear message instead of a trace."""
        with pytest.raises(Invalid, match="cannot be read"):
            CliRunner().invoke(app, ["verify", str(tmp_path / "gone"), "--vkey", VKEY], catch_exceptions=False)

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (WORDS[:4], "\\ud800"),
            ('"place": ', '"place": "0", "was": '),
            ('"message": "', '"message": "00000000-0000-0000-0000-000000000000", "message": "'),
            ('"steps": [', '"steps": [7, '),
            ('"format"', "format"),
        ],
    )
    def test_and_the_single_file_find_the_same_of_what_is_no_proof(
        self, proof: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], old: str, new: str
    ) -> None:
        """Half a sign, a number as a word, a name twice, no JSON: one line, exit code 2, never a traceback."""
        written = proof.read_text()
        assert old in written
        proof.write_text(written.replace(old, new, 1))
        monkeypatch.setattr(sys, "argv", ["harborline", "messages", "verify", str(proof), "--vkey", VKEY])
        with pytest.raises(SystemExit) as ended:
            command.main()
        said = capsys.readouterr().err
        assert (ended.value.code, said.count("\n")) == (2, 1), said
        assert verify.main(["message", str(proof), "--vkey", VKEY]) == 2, capsys.readouterr().err

    def test_says_no_to_a_step_that_stands_twice(self, proof: Path) -> None:
        """In both programs: nothing happened twice because it is shown twice."""
        proof.write_bytes(changed(whole_life(), lambda form: form["steps"].append(form["steps"][-1])))
        assert run(str(proof), "--vkey", VKEY).exit_code == 1
        assert verify.main(["message", str(proof), "--vkey", VKEY]) == 1
