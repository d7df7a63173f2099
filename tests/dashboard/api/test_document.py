"""The document of the API says what it does: whatever fits it, and whatever does not, is answered as it says, never with an error of the server."""

import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from sandan.dashboard.api.routes import PREFIX
from sandan.dashboard.app import make_app
from sandan.dashboard.serving.access import services_of
from sandan.jobs.programs import Programs
from sandan.record.app.roles import SCOPES
from sandan.record.app.services import SYSTEM
from sandan.record.settings import ApiSettings, Settings

# One that is sent is an ingest.
EXAMPLES = {"GET": settings.default.max_examples // 3, "POST": settings.default.max_examples // 10}


@pytest.fixture
def asked(own_home: Settings) -> tuple[Any, dict[str, str]]:
    """The document as the app serves it, and the headers of a token for everything."""
    home = own_home.model_copy(update={"api": ApiSettings(per_minute=100_000)})
    token = services_of(home).tokens.add(SYSTEM, "all", SCOPES)
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}  # a client in this process undoes no compression
    server = make_app(home, backend=Programs(home)).server
    return schemathesis.openapi.from_wsgi(f"{PREFIX}/openapi.json", server, headers=headers), headers


@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_whatever_is_asked_or_sent_is_answered_as_the_document_says(asked: tuple[Any, dict[str, str]], mode: str) -> None:
    schema, headers = asked
    chosen = schemathesis.GenerationMode(mode)
    seen = set()
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(max_examples=EXAMPLES[operation.method.upper()], deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(operation.as_strategy(generation_mode=chosen))
        def test(case: Any) -> None:
            answer = case.call(headers=headers)
            assert answer.status_code < 500, (case.method, case.path, answer.text)
            # A parameter that is no query of ours is left alone, as HTTP has it; a record may fit its form and lack what names a consignment.
            case.validate_response(answer, headers=headers, excluded_checks=[negative_data_rejection, positive_data_acceptance])

        test()
        seen.add(operation.label)
    assert len(seen) == 7


def test_every_route_is_described_with_its_scope_and_its_refusals(asked: tuple[Any, dict[str, str]]) -> None:
    document = asked[0].raw_schema
    assert document["components"]["securitySchemes"]["token"] == {"type": "http", "scheme": "bearer"}
    operations = {
        (method, path): one for path, methods in document["paths"].items() for method, one in methods.items() if method in ("get", "post")
    }
    assert len(operations) == 7
    for one in operations.values():
        assert one["security"] == [{"token": []}] and {"200", "401", "403", "422", "429", "503"} <= set(one["responses"])
        said = f"{one.get('summary', '')} {one.get('description', '')}"
        assert sum(f"`{scope}`" in said for scope in SCOPES) == 1
    watched = json.dumps(document["components"]["schemas"]["WatchlistsRecord"])
    assert "valid_from" in watched and "control" in watched
