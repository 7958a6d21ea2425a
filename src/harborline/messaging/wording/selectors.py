"""The templates of a program: those that come with Harborline and those its agency approved."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from harborline.kernel import NotFound
from harborline.law import profile
from harborline.messaging.wording.facts import VersionFacts, VersionState
from harborline.messaging.wording.records import TemplateStep, TemplateVersion
from harborline.messaging.words.proofreading import Proof, proofread
from harborline.messaging.words.templates import Template, ready_templates
from harborline.walls import current

DISCREET = "discreet"


def approved(program: str) -> Mapping[str, Template]:
    """The newest approved version of each template by key; a retired key without an older version is left out."""
    found = dict(ready_templates(program, profile(program).kind))
    for row in _rows(program):
        if row.state is VersionState.APPROVED and row.version > (found[row.key].version if row.key in found else 0):
            found[row.key] = template_of_version(program, row)
    return found


def discreet(program: str) -> Template:
    """The discreet wording of the program; raises `NotFound` when it has none."""
    found = approved(program).get(DISCREET)
    if found is None:
        raise NotFound(f"{program} has no discreet wording; propose one")
    return found


def versions(program: str, *, key: str = "") -> list[VersionFacts]:
    """Every version that was ever proposed or came with Harborline, newest first; of one key where it is given."""
    ready = ready_templates(program, profile(program).kind).values()
    rows = [*_rows(program), *(_of_ready(one) for one in ready)]
    return sorted((row for row in rows if key in {"", row.key}), key=lambda row: (row.key, -row.version))


def version(version_id: uuid.UUID) -> VersionFacts:
    """One proposed version of the context's program; raises `NotFound`."""
    found = TemplateVersion.objects.filter(id=version_id, program=current().program).first()
    if found is None:
        raise NotFound("no such template version here")
    return _facts(found, list(TemplateStep.objects.filter(version=found).order_by("at")))


def proofs(version_id: uuid.UUID) -> tuple[Proof, ...]:
    """How the version reads in each language as a phone would get it, with every remark."""
    program = current().program
    return proofread(template_of_version(program, version(version_id)), profile=profile(program))


def template_of_version(program: str, row: VersionFacts) -> Template:
    """The version as rendering takes it."""
    return Template(row.key, row.version, program, profile(program).kind, row.use, row.title, row.words, row.sha256)


def _rows(program: str) -> list[VersionFacts]:
    steps: dict[uuid.UUID, list[TemplateStep]] = {}
    for step in TemplateStep.objects.filter(program=program).order_by("at"):
        steps.setdefault(step.version_id, []).append(step)
    found = TemplateVersion.objects.filter(program=program).order_by("key", "version")
    return [_facts(row, steps.get(row.id, [])) for row in found]


def _facts(row: TemplateVersion, steps: list[TemplateStep]) -> VersionFacts:
    last = steps[-1] if steps else None
    return VersionFacts(
        id=row.id,
        key=row.key,
        version=row.version,
        use=row.use,
        title=row.title,
        words=row.words,
        sha256=row.sha256,
        state=VersionState(last.step) if last else VersionState.PROPOSED,
        county=row.county,
        reason=row.reason,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        decided_by=last.by if last else "",
        decided_at=last.at if last else None,
        decided_because=last.reason if last else "",
    )


def _of_ready(one: Template) -> VersionFacts:
    return VersionFacts(None, one.key, one.version, one.use, one.title, one.words, one.sha256, VersionState.APPROVED)
