"""What the API's own description promises, tried by schemathesis: in process, through the application as served.

Every operation hears requests that fit its description and requests that do not, the same ones every time.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import content_type_conformance, not_a_server_error, status_code_conformance
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import response_schema_conformance
from tests.rooms.api.caller import Caller, machine
from tests.rooms.api.people import text

from harborline.messaging.accepting.records import AcceptedText
from harborline.project.wsgi import application
from harborline.sites.api.description import ROOT, description

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 6
SEEDED = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


def in_process(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """The application of the web server inside the transaction of the test, which the end of a request would close."""
    signals.request_started.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_old_connections)
    try:
        environ.setdefault("REMOTE_ADDR", "127.0.0.1")
        return [b"".join(application(environ, start))]
    finally:
        signals.request_started.connect(close_old_connections)
        signals.request_finished.connect(close_old_connections)


def described() -> Any:  # noqa: ANN401 - schemathesis names its schema only inside
    """The description as schemathesis reads it."""
    schema = schemathesis.openapi.from_dict(description())
    schema.app = in_process
    return schema


def operations_of(schema: Any) -> list[Any]:  # noqa: ANN401 - as above
    """Every operation."""
    return [each.ok() for each in schema.get_all_operations()]


OPERATIONS = operations_of(described())


def tried(operation: Any, mode: GenerationMode, look: Callable[[Any], None]) -> int:  # noqa: ANN401 - as above
    """Every example of an operation, each undone; answers how many there were."""
    count = 0

    @SEEDED
    @given(case=operation.as_strategy(generation_mode=mode))
    def each(case: Any) -> None:  # noqa: ANN401 - as above
        nonlocal count
        count += 1
        with transaction.atomic():
            look(case)
            transaction.set_rollback(True)

    each()
    return count


def key_of(caller: Caller, **more: str) -> dict[str, str]:
    """The headers of a system with a key."""
    return {"Authorization": f"Bearer {caller.key}", **more}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.label)
class TestAnOperation:
    """Each one that the description names."""

    def test_keeps_its_promise_to_requests_that_fit(self, town: Path, operation: Any) -> None:  # noqa: ANN401 - as above
        """Never a fault of ours; status, content type and shape as described."""
        state = machine(per_second=10_000)

        def look(case: Any) -> None:  # noqa: ANN401 - as above
            once = {"Idempotency-Key": uuid.uuid4().hex} if case.method == "POST" else {}
            case.call_and_validate(headers=key_of(state, **once), checks=CHECKS)

        assert tried(operation, GenerationMode.POSITIVE, look)

    def test_refuses_what_does_not_fit_in_the_described_form(self, town: Path, operation: Any) -> None:  # noqa: ANN401 - as above
        """Whatever is wrong with a request, the answer is one of those that are described."""
        state = machine(per_second=10_000)

        def look(case: Any) -> None:  # noqa: ANN401 - as above
            answer = case.call(headers=key_of(state))
            assert answer.status_code < 500, case.as_curl_command()
            if answer.status_code != 405:
                case.validate_response(answer, checks=CHECKS)

        if _can_be_wrong(operation):
            assert tried(operation, GenerationMode.NEGATIVE, look)

    def test_opens_to_nobody_without_a_key(self, town: Path, operation: Any) -> None:  # noqa: ANN401 - as above
        """No key, a wrong one, one of another form: 401, and nothing of what is there."""

        def look(case: Any) -> None:  # noqa: ANN401 - as above
            for wrong in ("", "Bearer hlk_nobody", "Basic aGFyYm9y", "Bearer", "bearer " + "x" * 300):
                headers = {"Idempotency-Key": uuid.uuid4().hex, "Authorization": wrong}
                answer = case.call(headers=headers)
                assert answer.status_code == 401
                assert answer.headers["content-type"] == ["application/problem+json"]
                assert "www-authenticate" in answer.headers

        assert tried(operation, GenerationMode.POSITIVE, look)


def _can_be_wrong(operation: Any) -> bool:  # noqa: ANN401 - as above
    return bool(operation.body or operation.query or operation.path_parameters or operation.headers)


class TestTheDescription:
    """What it says of all operations."""

    def test_names_every_operation_with_a_guard(self) -> None:
        """A machine key for each, an Idempotency-Key for each that writes."""
        for path, methods in description()["paths"].items():
            assert path.startswith(ROOT)
            for method, told in methods.items():
                assert told["security"], (method, path)
                names = {each["name"]: each for each in told.get("parameters", [])}
                assert ("Idempotency-Key" in names) == (method == "post")
                assert method != "post" or names["Idempotency-Key"]["required"]

    def test_is_what_is_served(self, town: Path) -> None:
        """The tests above read the description that everybody reads."""
        assert machine().get("openapi.json").json == description()

    def test_is_held_by_the_checks(self, town: Path) -> None:
        """The checks can fail: an answer that is not described, or of another type, is named."""
        made = description()
        told = {**made, "paths": {f"{ROOT}/templates": {"get": dict(made["paths"][f"{ROOT}/templates"]["get"])}}}
        told["paths"][f"{ROOT}/templates"]["get"]["responses"] = {"204": {"description": "nothing"}}
        schema = schemathesis.openapi.from_dict(told)
        schema.app = in_process
        (operation,) = operations_of(schema)
        with pytest.raises(FailureGroup, match="Undocumented status code"):
            operation.Case().call_and_validate(headers=key_of(machine()), checks=CHECKS)


class TestTheOnceKey:
    """Any key that fits the description, and those that do not."""

    def test_makes_every_request_one(self, town: Path) -> None:
        """The same key and the same request twice: one effect, the same answer."""
        (operation,) = [each for each in OPERATIONS if each.label == f"POST {ROOT}/messages"]
        state = machine(per_second=10_000)

        def look(case: Any) -> None:  # noqa: ANN401 - as above
            case.body = {"messages": [text()]}
            first, again = case.call(headers=key_of(state)), case.call(headers=key_of(state))
            assert first.status_code == again.status_code
            assert first.content == again.content
            if first.status_code < 300:
                assert AcceptedText.objects.count() == 0  # outside a unit of work nothing is seen
                assert again.headers["idempotency-replayed"] == ["true"]

        assert tried(operation, GenerationMode.POSITIVE, look)
