"""A compiled OpenVINO graph that all visitors share."""

from contextlib import contextmanager
from queue import LifoQueue

import numpy as np
import openvino as ov
import torch

REQUESTS = 4  # that run or wait inside OpenVINO at once; further callers wait for one of them

# One stream: an answer takes all threads and comes as soon as it can, and the same photograph gets the same
# numbers whoever else is asking. Threads are not pinned to cores: two processes would sit on the same ones.
_COMPILE = {"PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": "1", "ENABLE_CPU_PINNING": False}


class Graph:
    """Runs a graph from any number of threads, with at most `REQUESTS` at once.

    ``precision`` is what the arithmetic may be done in: f32, or bf16 where the CPU has it. Takes as many
    threads as PyTorch does.
    """

    def __init__(self, graph: ov.Model, precision: str = "f32"):
        how = {"INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": torch.get_num_threads()}
        compiled = ov.Core().compile_model(graph, "CPU", _COMPILE | how)
        self._idle: LifoQueue[ov.InferRequest] = LifoQueue()
        for _request in range(REQUESTS):
            self._idle.put(compiled.create_infer_request())

    def run(self, square: np.ndarray) -> list[np.ndarray]:
        """The outputs for a photograph fitted to the graph's square, uint8 (S, S, 3)."""
        with self._request() as request:
            answers = request.infer({0: square[None]}, share_inputs=True)
            return list(answers.to_tuple())

    @contextmanager
    def _request(self):
        request = self._idle.get()
        try:
            yield request
        finally:
            self._idle.put(request)


def has_bfloat16() -> bool:
    """True where this CPU computes in bfloat16 by itself."""
    return "BF16" in ov.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
