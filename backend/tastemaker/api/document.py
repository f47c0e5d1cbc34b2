"""The OpenAPI 3.1 document, made from the routes and the schemas; needs no services.

flask-openapi3 collects it. Here are added the components that only appear in hand-described
answers, and removed what it adds of its own: a 422 in its own format, line breaks as HTML.
"""

from __future__ import annotations

from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.info import Info
from flask_openapi3.models.schema import Schema
from flask_openapi3.models.tag import Tag
from flask_openapi3.openapi import OpenAPI
from pydantic import BaseModel

from tastemaker import __version__
from tastemaker.api.responses import PROBLEM_TYPE, REFERENCE, problems
from tastemaker.api.schemas import (
    batches,
    events,
    exchange,
    generate,
    images,
    jobs,
    models,
    preferences,
    prompts,
    queue,
    retrain,
    system,
)

TITLE = "Tastemaker"
DESCRIPTION = (
    "Text to pictures, a gallery, ratings. Errors are RFC 9457 problems: what was wrong and what "
    "to do. State-changing requests are accepted only from the same origin or from programs."
)
COMPONENTS: tuple[type[BaseModel], ...] = (
    batches.BatchJobs,
    batches.BatchList,
    batches.BatchOut,
    batches.BatchPreview,
    events.JobStreamEvent,
    events.StreamEvent,
    exchange.ImportOut,
    exchange.InfotextOut,
    images.ImageCounts,
    images.ImageOut,
    images.ImagePage,
    images.ImagesChanged,
    images.NeighboursOut,
    jobs.JobOut,
    jobs.JobPage,
    models.ModelList,
    models.VocabularyOut,
    models.ModelOut,
    preferences.FeedbackSummary,
    preferences.PreferenceOut,
    preferences.PreferenceSet,
    preferences.PreferenceUndone,
    prompts.PromptList,
    prompts.PromptOut,
    prompts.ResolvedOut,
    prompts.StyleList,
    prompts.StyleOut,
    prompts.StylesImported,
    prompts.SurpriseOut,
    prompts.TokensOut,
    prompts.WildcardList,
    prompts.WildcardOut,
    queue.QueueCleared,
    queue.QueueOut,
    retrain.RetrainPreview,
    retrain.RetrainStatus,
    system.Alive,
    system.Problem,
    system.Ready,
    system.SystemOut,
)
REQUEST_COMPONENTS: tuple[type[BaseModel], ...] = (
    exchange.ExportForm,
    exchange.ImportUpload,
    exchange.InfotextUpload,
    generate.EditRequest,
    generate.EditUpload,
    generate.VariationsRequest,
    generate.VariationsUpload,
    models.ModelImport,
)
MESSAGES: tuple[type[BaseModel], ...] = (
    events.ImageEvent,
    events.JobEvent,
    events.JobSnapshotEvent,
    events.ModelEvent,
    events.PreviewEvent,
    events.ProgressEvent,
    events.QueueEvent,
    events.SnapshotEvent,
    events.TrainingEvent,
)
_EVERYWHERE = (403, 500)


class DocumentedApp(OpenAPI):
    """The Flask application that also knows its OpenAPI document."""

    def __init__(self, import_name: str, **options: Any) -> None:
        super().__init__(
            import_name,
            info=Info(title=TITLE, version=__version__, description=DESCRIPTION),
            doc_ui=False,
            security_schemes={},
            validation_error_model=system.Problem,
            **options,
        )

    def generate_spec_json(self) -> None:
        """Complete the components, collect, and correct what the library adds."""
        for mode, group in (("serialization", COMPONENTS), ("validation", REQUEST_COMPONENTS)):
            for model in group:
                schema = model.model_json_schema(ref_template=REFERENCE + "{model}", mode=mode)  # type: ignore[arg-type]
                parts = {**schema.pop("$defs", {}), model.__name__: schema}
                self.components_schemas.update({n: Schema(**part) for n, part in parts.items()})
        super().generate_spec_json()  # type: ignore[no-untyped-call]
        document: dict[str, Any] = _plain(self.spec_json)
        for path in document["paths"].values():
            for operation in path.values():
                _correct(operation)
        schemas = document["components"]["schemas"]
        for model in MESSAGES:
            _as_message(schemas[model.__name__])
        document["components"] = {"schemas": dict(sorted(schemas.items()))}
        document["paths"] = dict(sorted(document["paths"].items()))
        self.spec_json = document


def _plain(part: Any, *, named: bool = False) -> Any:
    """``part`` without generated titles, and with whole numbers as integers.

    ``named``: its keys are the names of fields, so that "title" is one and not a keyword.
    """
    if isinstance(part, dict):
        return {
            key: _plain(value, named=key == "properties" and not named)
            for key, value in part.items()
            if named or key != "title" or not isinstance(value, str) or "version" in part
        }
    if isinstance(part, list):
        return [_plain(item) for item in part]
    if isinstance(part, float) and part.is_integer():
        return int(part)
    return part


def _correct(operation: dict[str, Any]) -> None:
    if "description" in operation:
        operation["description"] = operation["description"].replace("<br/>", "\n").strip()
    for parameter in operation.get("parameters", ()):
        parameter["schema"] = _without_null(parameter["schema"])
    answers = operation["responses"]
    if PROBLEM_TYPE not in answers["422"].get("content", {}):
        del answers["422"]
    operation["responses"] = dict(sorted(answers.items()))


def _as_message(schema: dict[str, Any]) -> None:
    """Describe a message of a stream as it travels: its data is one line of JSON text."""
    fields = schema["properties"]
    fields["id"] = {"type": "string", "description": "Give it back to resume after this message."}
    fields["data"] = {
        "type": "string",
        "contentMediaType": "application/json",
        "contentSchema": fields["data"],
    }


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter is there or not; there is no way to write null in an address or a header."""
    given = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    if len(given) != 1:
        return schema
    rest = {key: value for key, value in schema.items() if key not in ("anyOf", "default")}
    return {**given[0], **rest}


def blueprint(name: str) -> APIBlueprint:
    """A blueprint for one resource; what every operation may answer is documented with it."""
    return APIBlueprint(
        name,
        __name__,
        abp_tags=[Tag(name=name)],
        abp_responses=problems(*_EVERYWHERE),
        operation_id_callback=_operation_id,
    )


def _operation_id(*, name: str, path: str, method: str) -> str:
    return name
