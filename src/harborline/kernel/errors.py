"""The five ways something can fail, each with an exact face for the record and a neutral one for the person.

Neither face carries personal data: a place is a field name or a row number, never a value.
"""

from __future__ import annotations

from harborline.kernel.decision import Decision


class Fault(Exception):  # noqa: N818 - its kinds are named for what they are: Refused, Invalid, NotFound
    """Base of every error Harborline raises on purpose."""

    code: str = "fault"

    def neutral(self) -> str:
        """What a participant or an outsider may read."""
        return "This could not be done."


class Refused(Fault):
    """A rule said hold or refuse."""

    code = "refused"

    def __init__(self, decision: Decision) -> None:
        """Carry the exact decision; its clauses belong to the record and to staff who may know."""
        self.decision = decision
        clauses = ", ".join(decision.clauses)
        super().__init__(f"{decision.outcome.value}: {decision.reason} ({clauses})")


class Invalid(Fault):
    """Input that cannot be used: `problem` says what is wrong and what to do, `where` names the place."""

    code = "invalid"

    def __init__(self, problem: str, where: str = "", **values: object) -> None:
        """Name the problem with its remedy and the file, row, column or field.

        `values` fill the places of the problem, `{most}`: the words around them can then be said in another language.
        """
        self.words = problem
        self.values = values
        self.problem = problem = problem.format(**values) if values else problem
        self.where = where
        super().__init__(f"{where}: {problem}" if where else problem)

    def neutral(self) -> str:
        """The problem itself is written for the person who gave the input."""
        return str(self)


class NotFound(Fault):
    """Nothing there that this actor may see."""

    code = "not-found"

    def neutral(self) -> str:
        """The same words whether it is absent or hidden."""
        return "There is nothing here."


class Unavailable(Fault):
    """Something outside did not answer; `permanent` says whether trying again can help."""

    code = "unavailable"

    def __init__(self, what: str, *, permanent: bool = False, retry_after_s: float | None = None) -> None:
        """Name what did not answer and when to try again, in seconds."""
        self.permanent = permanent
        self.retry_after_s = retry_after_s
        super().__init__(what)

    def neutral(self) -> str:
        """Ask to try again."""
        return "This is not available right now. Please try again later."


class Broken(Fault):
    """An invariant does not hold: stop rather than go on with a wrong record."""

    code = "broken"
