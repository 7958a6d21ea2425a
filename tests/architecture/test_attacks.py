"""The list of attacks on a file exchange: each has a test that exists, named here."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOOR, FAULTS, CLIENTS = (f"tests/contracts/test_{one}.py" for one in ("sftp_door", "sftp_faults", "sftp"))
PGP, OUT, DROP = (f"tests/contracts/test_{one}.py" for one in ("openpgp", "sftp_client", "drop_folder"))
SCAN = "tests/contracts/test_scanner.py"
ENGINE, WIRE = (f"tests/rules/adapters/test_sftp_{one}.py" for one in ("engine", "protocol"))
ROOM, OPENING = (f"tests/rooms/exchange/test_{one}.py" for one in ("landing", "opening"))
SOURCE = "tests/architecture/test_attacks.py::TestTheSource"
PATHS = f"{WIRE}::TestPaths::test_read_twice_are_the_same"

ATTACKS: Mapping[str, tuple[str, ...]] = {
    "handshake manipulated": (f"{DOOR}::TestTheHandshake::test_ends_with_anything_unexpected_before_the_keys",),
    "weak algorithms": (
        f"{DOOR}::TestTheHandshake::test_offers_exactly_our_lists",
        f"{DOOR}::TestTheHandshake::test_refuses_each_weak_algorithm_offered_alone",
        f"{DOOR}::TestWhoComesIn::test_a_signature_with_sha1_is_no_signature",
    ),
    "silent connections": (f"{DOOR}::TestHowMany::test_silent_connections_are_capped",),
    "queries put together from input": (f"{SOURCE}::test_asks_the_database_with_parameters_only",),
    "deserialisation": (f"{SOURCE}::test_never_loads_objects_from_bytes",),
    "files that are executed or imported": (
        f"{SOURCE}::test_never_runs_or_imports_what_a_partner_sent",
    ),
    "paths normalised twice": (PATHS,),
    "names in storage paths": (PATHS, f"{ENGINE}::TestWhatNobodyGets::test_links_do_not_exist"),
    "escape from the tree": (
        f"{ENGINE}::TestWhatNobodyGets::test_links_do_not_exist",
        f"{ENGINE}::TestWhatNobodyGets::test_attributes_change_nothing",
        f"{ENGINE}::TestWhatNobodyGets::test_other_extensions_are_refused",
        f"{CLIENTS}::TestOpenSsh::test_the_old_scp_is_told_what_to_do",
    ),
    "archives": (f"{SOURCE}::test_unpacks_no_archive_of_a_partner",),
    "malformed packets": (
        f"{WIRE}::TestWhateverComes::test_is_answered_or_ends_the_session",
        f"{WIRE}::TestWhateverComes::test_raw_bytes_are_answered_or_end_the_session",
    ),
    "oversized requests, floods of handles": (
        f"{WIRE}::TestTheProtocolItself::test_lengths_nobody_needs_end_it",
        f"{ENGINE}::TestADownload::test_never_gives_more_than_a_reply_holds",
        f"{ENGINE}::TestWhatNobodyGets::test_handles_are_counted",
    ),
    "slow and idle clients": (f"{DOOR}::TestHowMany::test_an_idle_session_ends",),
    "guessing": (
        f"{DOOR}::TestWhoComesIn::test_a_wrong_key_and_an_unknown_login_hear_the_same",
        f"{DOOR}::TestWhoComesIn::test_a_refusal_takes_its_time_whatever_was_wrong",
        f"{DOOR}::TestHowMany::test_an_address_that_fails_too_often_waits",
    ),
    "a truncated file taken as complete": (
        f"{FAULTS}::TestAnUploadThatIsCutOff::test_is_never_received_in_the_database",
        f"{FAULTS}::TestAnUploadThatIsCutOff::test_is_never_received_when_the_gateway_is_killed",
        f"{ROOM}::TestAFileWithoutProof::test_waits",
    ),
    "early pickup": (f"{ENGINE}::TestADownload::test_shows_finished_files_and_own_uploads",
                     f"{DROP}::TestTakingIn::test_anything_less_waits_and_then_shows"),
    "overwrite and replay": (f"{CLIENTS}::TestOpenSsh::test_what_landed_stays",
                             f"{ROOM}::TestTheSameAgain::test_has_one_effect"),
    "hostile names": (f"{WIRE}::TestPaths::test_that_no_mailbox_holds_are_refused",
                      f"{DROP}::TestHandingOver::test_no_folder_leaves_the_drop_folder",
                      f"{DROP}::TestTakingIn::test_links_pipes_and_folders_are_not_read"),
    "unverified plaintext": (f"{OPENING}::TestWhatCannotBeTrusted::test_goes_to_quarantine_and_leaves_nothing",
                             f"{PGP}::TestWhatIsNotOpened::test_changed_or_cut"),
    "encrypted and unsigned": (f"{PGP}::TestWhatIsNotOpened::test_unsigned",
                               f"{PGP}::TestGnupg::test_its_unsigned_message_is_not_opened"),
    "a bomb inside": (f"{PGP}::TestGnupg::test_a_bomb_is_stopped_at_the_limit",),
    "another host key": (f"{OUT}::TestTheHostKey::test_that_changed_stops_everything",
                         f"{SOURCE}::test_never_takes_a_host_key_on_trust"),
    "a hostile listing": (f"{SOURCE}::test_lists_no_folder_of_a_partner",),
    "a full disk": (
        f"{FAULTS}::TestAnUploadThatIsCutOff::test_by_a_full_disk_is_refused_and_goes_on_when_there_is_room",
    ),
    "malware": (f"{SCAN}::TestClamAv::test_finds_what_its_signatures_know",
                f"{OPENING}::TestTheScanner::test_that_does_not_answer_lets_nothing_pass"),
    "secrets in errors": (f"{PGP}::TestWhatIsNotOpened::test_signed_by_somebody_else",),
    "another partner's files": (f"{ENGINE}::TestWhatNobodyGets::test_another_partners_files_are_not_there",
                                f"{ROOM}::TestAStranger::test_finds_nothing"),
    "tampering with the record": ("tests/rooms/ledger/test_fsck.py::TestTheCheck::test_names_what_was_changed",),
    "one person alone": (f"{ROOM}::TestWhatIsSetAside::test_needs_two_persons",),
}  # fmt: skip


def found_in(path: str) -> set[str]:
    """Every test of a file, with its class."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found.add(f"{path}::{node.name}")
        elif isinstance(node, ast.ClassDef):
            found |= {f"{path}::{node.name}::{one.name}" for one in node.body if isinstance(one, ast.FunctionDef)}
    return found


@pytest.mark.parametrize("attack", ATTACKS)
def test_each_attack_has_a_test(attack: str) -> None:
    """None was renamed away."""
    assert [one for one in ATTACKS[attack] if one not in found_in(one.partition("::")[0])] == []


def carriers() -> list[tuple[Path, ast.Module]]:
    """The source of everything that touches what partners send."""
    rooms = [ROOT / "src/harborline/exchange", *(ROOT / "src/harborline/adapters" / one for one in
             ("sftp_server", "sftp_client", "drop_folder", "openpgp", "scanner"))]  # fmt: skip
    files = [path for room in rooms for path in sorted(room.rglob("*.py"))]
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in files]


def imported(tree: ast.Module) -> set[str]:
    """The modules a file imports, by their first name."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.name.partition(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


def called(tree: ast.Module) -> set[str]:
    """The names of what a file calls."""
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {
        one.id if isinstance(one, ast.Name) else one.attr for one in calls if isinstance(one, ast.Name | ast.Attribute)
    }


class TestTheSource:
    """What the code does not do at all cannot be misused."""

    def test_never_loads_objects_from_bytes(self) -> None:
        """No pickle, marshal, shelve, no XML, no YAML."""
        never = {"pickle", "marshal", "shelve", "dill", "xml", "lxml", "yaml"}
        assert [(path.name, imported(tree) & never) for path, tree in carriers() if imported(tree) & never] == []

    def test_unpacks_no_archive_of_a_partner(self) -> None:
        """A zip file stays a file."""
        never = {"zipfile", "tarfile", "gzip", "lzma"}
        assert [(path.name, imported(tree) & never) for path, tree in carriers() if imported(tree) & never] == []

    def test_never_runs_or_imports_what_a_partner_sent(self) -> None:
        """The one process that is started is our own program, by its own path."""
        never = {"eval", "exec", "import_module", "__import__", "system", "run_path", "run_module"}
        assert [(path.name, called(tree) & never) for path, tree in carriers() if called(tree) & never] == []
        starting = {path.name for path, tree in carriers() if "subprocess" in imported(tree)}
        assert starting <= {"armour.py"}

    def test_asks_the_database_with_parameters_only(self) -> None:
        """No query of text, no extra clauses."""
        never = {"raw", "extra", "RawSQL"}
        assert [(path.name, called(tree) & never) for path, tree in carriers() if called(tree) & never] == []

    def test_never_takes_a_host_key_on_trust(self) -> None:
        """Wherever host keys are given to the transport, they are not left out."""
        given = [
            (path.name, word.value)
            for path, tree in carriers()
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            for word in node.keywords
            if word.arg == "known_hosts"
        ]
        assert given
        assert not [name for name, value in given if isinstance(value, ast.Constant)]

    def test_lists_no_folder_of_a_partner(self) -> None:
        """Names that another server says are never used."""
        never = {"listdir", "readdir", "scandir", "glob", "mget", "get", "walk"}
        sources = [(path, tree) for path, tree in carriers() if path.parent.name == "sftp_client"]
        calls = [
            node.func.attr
            for _, tree in sources
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name) and node.func.value.id in {"session", "remote"}
        ]  # fmt: skip
        assert calls
        assert not set(calls) & never
