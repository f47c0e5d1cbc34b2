"""From a body to a request that can be queued: defaults, styles, alternatives, a second pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from tastemaker.api.context import services
from tastemaker.api.sampling import complete, model_defaults, with_hires
from tastemaker.api.schemas.generate import GenerateRequest
from tastemaker.api.style_references import style_reference
from tastemaker.domain import GenerationRequest, ModelInfo
from tastemaker.prompting.preparing import Preparer


class Requests:
    """Makes the requests of one call; looks every model, style and wildcard up once."""

    def __init__(self) -> None:
        self._model: Callable[[str | None], ModelInfo] = cache(services().models.require_ready)
        self._preparer = Preparer(services().prompts)

    def make(self, body: GenerateRequest) -> GenerationRequest:
        """The request with nothing left open.

        Raises:
            NotFound, ModelUnavailable: the model. InvalidInput: naming the field.
        """
        model = self._model(body.model)
        request = complete(
            body,
            model,
            model_defaults(model),
            prompt=body.prompt,
            negative_prompt="",
            num_images=body.num_images,
        )
        request = self._preparer.prepare(request, body.styles, alternatives=body.alternatives)
        request = with_hires(request, body.hires, model)
        if body.style_reference is None:
            return request
        return replace(request, style_reference=style_reference(body.style_reference, model))
