"""Where on the picture the cells of a network's last feature map look, and maps drawn at that place.

A 3x3 convolution with stride 2 and padding 1 looks at the pixels 0, 2, 4, ...: its cells are not centred on
the squares into which as many would divide the picture. After five of them a map of 7 x 7 for 224 px lies
15.5 px too far right and down when it is stretched over the picture like a small copy of it.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

TRIED_SIDE_PX = 96  # of the blank picture that is sent through a network
SAMPLES = 8  # for each cell of a map

_Layer = nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d


@dataclass(frozen=True)
class Grid:
    """Cell i of a map looks at the place ``first_px`` + i * ``step_px`` of the picture, in both directions.

    The first pixel reaches from 0 to 1, so its centre is at 0.5.
    """

    first_px: float = 0.5
    step_px: float = 1.0

    def after(self, kernel: int, stride: int, padding: int, dilation: int = 1) -> "Grid":
        """The grid behind a convolution or pooling of a map on this one.

        Its cell i is centred on cell i * stride - padding + dilation * (kernel - 1) / 2 (Dumoulin and Visin
        2016, arXiv 1603.07285; Araujo et al. 2019, doi 10.23915/distill.00021).
        """
        centre = dilation * (kernel - 1) / 2 - padding
        return Grid(self.first_px + centre * self.step_px, self.step_px * stride)

    def aligned(self, maps: np.ndarray, side_px: int) -> np.ndarray:
        """Maps (K, h, w) of a square of ``side_px``, sampled evenly over all of it: float32 (K, 8h, 8w).

        Bilinear between the places of the cells; beyond the outermost ones as there.
        """
        rows, columns = (self._weights(cells, side_px) for cells in maps.shape[1:])
        return rows @ maps.astype(np.float32) @ columns.T

    def _weights(self, cells: int, side_px: int) -> np.ndarray:
        """What each cell counts for each sample, (SAMPLES * cells, cells); rows sum to 1."""
        places = (np.arange(SAMPLES * cells) + 0.5) * side_px / (SAMPLES * cells)
        wanted = np.clip((places - self.first_px) / self.step_px, 0, cells - 1)
        return np.clip(1 - np.abs(wanted[:, None] - np.arange(cells)), 0, 1).astype(np.float32)


@torch.no_grad()
def grid_of(network: nn.Module) -> Grid:
    """The grid of the last map that ``network.encode`` gives, by the layers that change a map's size.

    Of layers side by side, which see maps of one size, the first counts. The network is on the CPU, in
    evaluation mode, and nobody else's yet.
    """
    grid, seen = Grid(), set()

    def follow(layer: _Layer, inputs: tuple[torch.Tensor], output: torch.Tensor) -> None:
        nonlocal grid
        before, after = inputs[0].shape[2], output.shape[2]
        if before == after or before in seen:
            return
        seen.add(before)
        kernel, stride, padding = map(_first, (layer.kernel_size, layer.stride, layer.padding))
        dilation = _first(getattr(layer, "dilation", 1))
        missing = (after - 1) * stride + dilation * (kernel - 1) + 1 - before - 2 * padding
        padding += max(missing, 0) // 2  # EfficientNets pad by themselves, as TensorFlow does
        grid = grid.after(kernel, stride, padding, dilation)

    layers = [module for module in network.modules() if isinstance(module, _Layer)]
    hooks = [layer.register_forward_hook(follow) for layer in layers]
    try:
        network.encode(torch.zeros(1, 3, TRIED_SIDE_PX, TRIED_SIDE_PX))
    finally:
        for hook in hooks:
            hook.remove()
    return grid


def _first(value: int | tuple[int, ...]) -> int:
    return value if isinstance(value, int) else value[0]
