"""Where a smooth function of few parameters is smallest."""

from collections.abc import Callable, Sequence

import torch


def go_to_minimum(
    value: Callable[[], torch.Tensor], parameters: Sequence[torch.Tensor], iterations: int
) -> None:
    """Move ``parameters`` in place to where ``value``, which is computed of them, is smallest.

    By L-BFGS (Liu & Nocedal 1989) with a line search, in at most so many iterations, over all data at once.
    """
    optimiser = torch.optim.LBFGS(parameters, max_iter=iterations, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        now = value()
        now.backward()
        return now

    optimiser.step(closure)
