"""Pictures of pipelines that draw by themselves, one at a time, a step whenever they are told.

So they share the engine's loop with the batches: their steps alternate with the batches', and they
can be cancelled between two of their own.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import torch

from tastemaker.diffusion.drawing import DrawnJob
from tastemaker.diffusion.environment import place
from tastemaker.diffusion.outcomes import Finished, Progress
from tastemaker.diffusion.residency import ResidentModel
from tastemaker.diffusion.stepping import SteppedCall
from tastemaker.diffusion.whole import Picture, WholePipeline


@dataclass(eq=False)
class _Single:
    """One picture: ``steps`` are those that were told but not passed on yet."""

    job: DrawnJob
    index: int
    model: ResidentModel
    call: SteppedCall[Picture] | None = None
    steps: deque[tuple[int, int]] = field(default_factory=deque)

    @property
    def pipeline(self) -> WholePipeline:
        assert self.model.whole is not None
        return self.model.whole


class Singles:
    """The pictures that wait for their pipeline, and the one that is being drawn."""

    def __init__(self) -> None:
        self._line: deque[_Single] = deque()

    def __len__(self) -> int:
        return len(self._line)

    @property
    def rows(self) -> int:
        """What they count for beside the rows of batches."""
        return sum(single.job.rows_per_image for single in self._line)

    @property
    def models(self) -> set[ResidentModel]:
        """The models that they need."""
        return {single.model for single in self._line}

    @property
    def job(self) -> DrawnJob:
        """Whose picture is being drawn."""
        return self._line[0].job

    def add(self, job: DrawnJob, model: ResidentModel) -> None:
        """Let a job's next picture wait for its turn."""
        self._line.append(_Single(job, job.waiting.popleft(), model))

    def step(self) -> list[Progress | Finished]:
        """One step of the picture whose turn it is.

        Raises whatever its pipeline raises; then the picture is out of the line.
        """
        single = self._line[0]
        if single.call is None:
            single.call = self._begin(single)
        try:
            ended = single.call.step()
        except BaseException:
            self._line.popleft()
            raise
        job_id = single.job.ticket.job_id
        told: list[Progress | Finished] = [
            Progress(job_id, single.index, step, total) for step, total in single.steps
        ]
        single.steps.clear()
        if ended:
            self._line.popleft()
            told.append(_finished(single, single.call.result))
        return told

    def forget(self, job: DrawnJob) -> None:
        """Drop a job's pictures; the one that is being drawn ends after its step."""
        for single in self._line:
            if single.job is job and single.call is not None:
                single.call.stop()
        self._line = deque(single for single in self._line if single.job is not job)

    def _begin(self, single: _Single) -> SteppedCall[Picture]:
        request = single.job.ticket.request

        def told(step: int, total: int) -> None:
            total = total or max(step, request.num_inference_steps)
            single.steps.append((min(step, total), total))
            call.pause()

        def work() -> Picture:
            return single.pipeline.draw(request, single.index, told)

        call: SteppedCall[Picture] = SteppedCall(work, name=f"drawing {request.model}")
        return call


def _finished(single: _Single, picture: Picture) -> Finished:
    pipeline, ticket = single.pipeline, single.job.ticket
    return Finished(
        job_id=ticket.job_id,
        image_index=single.index,
        seed=ticket.request.seed_of(single.index),
        image=picture.image,
        flagged=picture.flagged,
        device=str(pipeline.device),
        dtype=str(pipeline.dtype).removeprefix("torch."),
        place={**place(str(pipeline.device), torch.get_num_threads()), **pipeline.settings},
        model_hash=single.model.fingerprint,
    )
