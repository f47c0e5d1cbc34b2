"""Muon: momentum whose every matrix is orthogonalised before it is applied; AdamW for vectors and
embeddings.

After Keller Jordan, "Muon: an optimizer for hidden layers in neural networks" (2024), with the
update scaled to the size of AdamW's (Liu et al., arXiv 2502.16982), so that one learning rate
serves both. Short trainings on few cores get two to three times further with it than with AdamW
alone.
"""

from __future__ import annotations

from concurrent.futures import Executor
from typing import Any

import torch
from torch import Tensor, nn

_TOGETHER = 8  # matrices per job


def orthogonalise(matrices: Tensor, steps: int = 5) -> Tensor:
    """The nearest (semi-)orthogonal matrices, roughly, of ``[n, rows, columns]``: a quintic
    Newton–Schulz iteration.

    It runs on the small Gram matrices, with which all its polynomials commute, and touches the
    matrices themselves only at the beginning and the end: a third of the work where a kernel is
    nine times as wide as high.
    """
    tall = matrices.shape[1] > matrices.shape[2]
    x = matrices.mT if tall else matrices
    x = x / (x.flatten(1).norm(dim=1).view(-1, 1, 1) + 1e-7)
    gram = x @ x.mT
    identity = torch.eye(gram.shape[1], dtype=x.dtype, device=x.device)
    product = identity.expand_as(gram)
    for _ in range(steps):
        factor = 3.4445 * identity - 4.7750 * gram + 2.0315 * gram @ gram
        product, gram = factor @ product, factor @ (factor @ gram)
    result: Tensor = product @ x
    return result.mT if tall else result


class Muon(torch.optim.Optimizer):
    """Muon for a module's matrices and kernels, Adam (β 0.9, 0.98) for its vectors and embedding
    tables.

    Matrices of one shape are orthogonalised together, in the threads of ``workers`` where given.
    """

    def __init__(self, module: nn.Module, lr: float, momentum: float = 0.95) -> None:
        tables = [m for m in module.modules() if isinstance(m, nn.Embedding)]
        self._rowwise = {id(parameter) for table in tables for parameter in table.parameters()}
        trained = [p for p in module.parameters() if p.requires_grad]
        self.workers: Executor | None = None
        super().__init__(trained, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """Apply one update from the gradients at hand."""
        for group in self.param_groups:
            shapes: dict[tuple[int, int], list[nn.Parameter]] = {}
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                if parameter.ndim < 2 or id(parameter) in self._rowwise:
                    self._adam(parameter, group["lr"])
                else:
                    shapes.setdefault((len(parameter), parameter[0].numel()), []).append(parameter)
            jobs = [
                (shape, parameters[start : start + _TOGETHER], group)
                for shape, parameters in sorted(shapes.items(), reverse=True)
                for start in range(0, len(parameters), _TOGETHER)
            ]
            list(self.workers.map(self._muon, jobs) if self.workers else map(self._muon, jobs))

    @torch.no_grad()
    def _muon(self, job: tuple[tuple[int, int], list[nn.Parameter], dict[str, Any]]) -> None:
        shape, parameters, group = job
        momentum, moved = group["momentum"], []
        for parameter in parameters:
            state = self.state[parameter]
            assert parameter.grad is not None
            if not state:
                state["momentum"] = torch.zeros_like(parameter)
            state["momentum"].lerp_(parameter.grad, 1 - momentum)
            moved.append(parameter.grad.lerp(state["momentum"], momentum).reshape(shape))
        updates = orthogonalise(torch.stack(moved)) * (0.2 * max(shape) ** 0.5)
        for parameter, update in zip(parameters, updates, strict=True):
            parameter.add_(update.reshape(parameter.shape), alpha=-group["lr"])

    def _adam(self, parameter: nn.Parameter, lr: float) -> None:
        state = self.state[parameter]
        assert parameter.grad is not None
        if not state:
            state["step"] = torch.zeros(())
            state["mean"], state["square"] = (
                torch.zeros_like(parameter),
                torch.zeros_like(parameter),
            )
        state["step"] += 1
        state["mean"].lerp_(parameter.grad, 0.1)
        state["square"].lerp_(parameter.grad.square(), 0.02)
        count = float(state["step"])
        mean, square = state["mean"] / (1 - 0.9**count), state["square"] / (1 - 0.98**count)
        parameter.addcdiv_(mean, square.sqrt() + 1e-8, value=-lr)
