"""Propose, decide and retire words; inside `walls.acting` of the program."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from harborline.kernel import Decision, Invalid, Refused, clock
from harborline.law import profile
from harborline.ledger.services import record
from harborline.messaging.wording.facts import VersionFacts, VersionState
from harborline.messaging.wording.records import TemplateStep, TemplateVersion
from harborline.messaging.wording.rules import may_approve, may_propose, may_step, words_fit
from harborline.messaging.wording.selectors import template_of_version, version
from harborline.messaging.words.proofreading import Proof, proofread
from harborline.messaging.words.templates import Template, parse_template, ready_templates
from harborline.walls import current
from harborline.walls.cursor import bulk_cursor

_REASON_MAX = 400


def propose(
    key: str,
    *,
    use: str = "notice",
    title: Mapping[str, str],
    words: Mapping[str, str],
    reason: str,
    roles: frozenset[str],
    county: str = "",
) -> TemplateVersion:
    """Propose a new version of the template `key` (or a new template), for a county or (empty) for the state.

    `title` and `words` are by language; a language left out means that texts for its speakers are held. Words with
    remarks may be proposed, since the state may help to put them right; they cannot be approved. Raises `Refused` for
    a role that may not, `Invalid` naming what is wrong with the words.
    """
    program = current().program
    _insist(may_propose(roles=roles))
    because = _said(reason)
    with bulk_cursor() as cursor:
        # Two proposals at once must not take the same number.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 5))", [f"template:{program}:{key[:64]}"])
    parsed = _parsed(program, key, use, title, words)
    moment = clock.now()
    entry = record(
        "template.proposed",
        subject=f"template:{program}/{parsed.key}",
        content={"key": parsed.key, "version": parsed.version, "sha256": parsed.sha256, "county": county},
    )
    return TemplateVersion.objects.create(
        program=program,
        key=parsed.key,
        version=parsed.version,
        use=parsed.use,
        title=dict(parsed.title),
        words=dict(parsed.words),
        sha256=parsed.sha256,
        county=county,
        reason=because,
        proposed_by=current().actor.id,
        proposed_at=moment,
        entry_id=entry,
    )


def decide(version_id: uuid.UUID, *, approve: bool, roles: frozenset[str], reason: str = "") -> VersionFacts:
    """Approve a proposed version, or refuse it with a reason; by the state, never by the one who proposed it.

    An approved version is used from the next run on. Raises `NotFound`, `Refused` (role, same person, already
    decided, words that must be put right first), `Invalid` for a refusal without a reason.
    """
    found = version(version_id)
    law = profile(current().program)
    _insist(may_approve(roles=roles, proposed_by=found.proposed_by, worker=current().actor.id, profile=law))
    wanted = VersionState.APPROVED if approve else VersionState.REFUSED
    _insist(may_step(state=found.state, wanted=wanted))
    if approve:
        _insist(words_fit(proofs=_proofs(found)))
    return _step(found, wanted, reason.strip()[:_REASON_MAX] if approve else _said(reason))


def retire(version_id: uuid.UUID, *, roles: frozenset[str], reason: str) -> VersionFacts:
    """Take an approved version out of use; the one before it counts again. Raises as `decide` does."""
    found = version(version_id)
    law = profile(current().program)
    _insist(may_approve(roles=roles, proposed_by="", worker=current().actor.id, profile=law))
    _insist(may_step(state=found.state, wanted=VersionState.RETIRED))
    return _step(found, VersionState.RETIRED, _said(reason))


def _step(found: VersionFacts, wanted: VersionState, reason: str) -> VersionFacts:
    program = current().program
    entry = record(
        f"template.{wanted.value}",
        subject=f"template:{program}/{found.key}",
        content={"key": found.key, "version": found.version, "sha256": found.sha256, "reason": reason},
    )
    TemplateStep.objects.create(
        program=program,
        version_id=_id(found),
        step=wanted.value,
        reason=reason,
        by=current().actor.id,
        at=clock.now(),
        entry_id=entry,
    )
    return version(_id(found))


def _id(found: VersionFacts) -> uuid.UUID:
    if found.id is None:
        raise Invalid("came with Harborline and is not decided here", "template")
    return found.id


def _proofs(found: VersionFacts) -> tuple[Proof, ...]:
    program = current().program
    return proofread(template_of_version(program, found), profile=profile(program))


def _parsed(program: str, key: str, use: str, title: Mapping[str, str], words: Mapping[str, str]) -> Template:
    law = profile(program)
    table = {"key": key, "version": 1, "program": program, "use": use, "title": title, "words": words}
    parse_template(table, kind=law.kind, where="your template")
    if unknown := words.keys() - frozenset(law.languages):
        raise Invalid(f"this program does not write in {', '.join(sorted(unknown))}", "language")
    ready = ready_templates(program, law.kind).get(key)
    newest = TemplateVersion.objects.filter(program=program, key=key).order_by("-version").first()
    for known in (ready, newest):
        if known is not None and known.use != use:
            raise Invalid(f"is a {known.use}; a new version of it is one too", "use")
    number = max(ready.version if ready else 0, newest.version if newest else 0) + 1
    return parse_template({**table, "version": number}, kind=law.kind, where="your template")


def _said(reason: str) -> str:
    plain = reason.strip()
    if not plain or len(plain) > _REASON_MAX:
        raise Invalid(f"say why, in at most {_REASON_MAX} signs", "reason")
    return plain


def _insist(decision: Decision) -> None:
    if not decision.allowed:
        raise Refused(decision)
