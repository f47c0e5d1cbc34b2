"""Requests made up from the OpenAPI document, right and wrong ones, alone and one after another.

No 5xx, no undocumented answer, nothing wrong accepted and nothing right refused. The same requests
in every run, and thousands of them.
"""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events as engine_events
from schemathesis.engine import from_schema

from tests.api.conftest import MakeServices, checked_app
from tests.api.fake_pool import FakePool
from tests.studio import open_studio

# What a schema can't say: which sizes the model draws, that an image_id excludes an image, which
# cursors were handed out, what is a table of prompts, how alternatives are closed, whether bytes
# are a picture or a model, whether any picture fits, which pictures can be compared, what goes with
# which source of training.
BEYOND_THE_SCHEMA = [
    "/api/generate",
    "/api/batches",
    "/api/batches/preview",
    "/api/grids",
    "/api/prompts/resolve",
    "/api/queue/moves",
    "/api/styles",
    "/api/styles/{style_id}",
    "/api/styles/import",
    "/api/variations",
    "/api/edits",
    "/api/images",
    "/api/images/export",
    "/api/images/import",
    "/api/infotext",
    "/api/preferences",
    "/api/models/import",
    "/api/retrain",
    "/api/retrain/preview",
]
# What is one place in the document may be another's address, too: a version called "import".
SHARED_ADDRESSES = ["/api/models/import", "/api/preferences/next"]
ACCEPTED = ["2xx", "3xx", 403, 404, 409, 415, 422, 429, 503]
CONFIG: dict[str, Any] = {
    "seed": 1,
    "continue-on-failure": True,
    "generation": {"max-examples": 5, "deterministic": True, "database": "none"},
    "cache": {"enabled": False},
    # 503 and 507 are answers when they are documented, which another check holds them to.
    # DELETE moves a picture to the trash, from where PATCH brings it back: it is still there.
    "checks": {
        "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", 503, 507]},
        "use_after_free": {"enabled": False},
    },
    "operations": [
        {
            "include-path": path,
            "checks": {"positive_data_acceptance": {"expected-statuses": ACCEPTED}},
        }
        for path in BEYOND_THE_SCHEMA
    ]
    + [
        {"include-path": path, "checks": {"allow_header_conformance": {"enabled": False}}}
        for path in SHARED_ADDRESSES
    ],
    "phases": {"stateful": {"max-steps": 5}},
}


@pytest.fixture
def schema(make_services: MakeServices) -> Any:
    services = make_services(max_queue=5)
    assert isinstance(services.pool, FakePool)
    services.pool.thumbnails_only = True
    studio = open_studio(services.settings.data_dir)
    for number in range(5):
        studio.add(f"apple {number}", seed=number)
    # Streams end at once when the news are closed; otherwise they would last for ever.
    services.events.close()
    return schemathesis.openapi.from_wsgi(
        "/api/openapi.json", checked_app(services), config=SchemathesisConfig.from_dict(CONFIG)
    )


@pytest.mark.slow
def test_made_up_requests(schema: Any) -> None:
    requests = 0
    failures: dict[tuple[str, str], str] = {}
    for event in from_schema(schema).execute():
        if isinstance(event, engine_events.NonFatalError):
            failures["error", event.label] = str(event.value)
        if isinstance(event, engine_events.FatalError):
            raise event.exception
        if not isinstance(event, engine_events.ScenarioFinished):
            continue
        recorder = event.recorder
        requests += len(recorder.interactions)
        for checks in recorder.checks.values():
            for check in checks:
                found = check.failure_info
                if found is not None:
                    failures[recorder.label, check.name] = (
                        f"{found.failure.title}\n{found.failure.message}\n{found.code_sample}"
                    )
    report = "\n\n".join(f"{name}: {check}\n{text}" for (name, check), text in failures.items())
    assert not failures, report
    assert requests > 2000
