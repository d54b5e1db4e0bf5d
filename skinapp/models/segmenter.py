"""Segmentation networks of segmentation-models-pytorch, cut into an encoder and what comes behind it.

The cut is where Grad-CAM reads its features: backward passes then run only through ``decode``.
"""

from itertools import zip_longest

import segmentation_models_pytorch as smp
import torch
from torch import nn

from skinapp.models.attention import SpatialAttention

Features = list[torch.Tensor]
Gates = list[torch.Tensor]


class Segmenter(nn.Module):
    """(N, 3, H, W) normalised RGB to (N, 1, H, W) lesion logits; H and W are multiples of 32.

    Parameters carry the names that segmentation-models-pytorch gives them, so its checkpoints fit.
    """

    def __init__(self, net: smp.base.SegmentationModel):
        super().__init__()
        self.encoder = net.encoder
        self.decoder = net.decoder
        self.segmentation_head = net.segmentation_head

    def encode(self, batch: torch.Tensor) -> Features:
        """Feature maps from the input itself down to the deepest stage."""
        return self.encoder(batch)

    def decode(self, features: Features) -> torch.Tensor:
        """Logits from the feature maps."""
        return self.segmentation_head(self.decoder(features))

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        return self.decode(self.encode(batch))


class AttentionSegmenter(Segmenter):
    """A segmenter whose attention gates can be read: subclasses say where the gates stand."""

    def encode_with_gates(self, batch: torch.Tensor) -> tuple[Features, Gates]:
        """Features and the encoder's gate maps, shallow to deep."""
        raise NotImplementedError

    def decode_with_gates(self, features: Features) -> tuple[torch.Tensor, Gates]:
        """Logits and the decoder's gate maps, deep to shallow."""
        raise NotImplementedError

    def encode(self, batch: torch.Tensor) -> Features:
        return self.encode_with_gates(batch)[0]

    def decode(self, features: Features) -> torch.Tensor:
        return self.decode_with_gates(features)[0]

    def gates(self, batch: torch.Tensor) -> tuple[Gates, Gates]:
        """The gate maps (N, 1, h, w) of the encoder and of the decoder."""
        features, encoder_gates = self.encode_with_gates(batch)
        return encoder_gates, self.decode_with_gates(features)[1]


class AttentionUnet(AttentionSegmenter):
    """U-Net with a gate after each encoder stage and after each decoder block (paper A)."""

    def __init__(self, net: smp.Unet):
        super().__init__(net)
        self.encoder_gates = nn.ModuleList(SpatialAttention() for _ in self._stage_ends())
        self.decoder_gates = nn.ModuleList(SpatialAttention() for _ in self.decoder.blocks)

    def encode_with_gates(self, batch: torch.Tensor) -> tuple[Features, Gates]:
        features, gates = [batch], []
        for attention, stage in zip(self.encoder_gates, self._stages(), strict=True):
            deeper = stage(features[-1])
            gates.append(attention.gate(deeper))
            features.append(deeper * gates[-1])
        return features, gates

    def decode_with_gates(self, features: Features) -> tuple[torch.Tensor, Gates]:
        x, *shallower = reversed(features)
        gates = []
        for attention, block, goal, skip in zip_longest(
            self.decoder_gates, self.decoder.blocks, shallower, shallower[:-1]
        ):
            height, width = goal.shape[2:]
            x = block(x, height, width, skip_connection=skip)
            gates.append(attention.gate(x))
            x = x * gates[-1]
        return self.segmentation_head(x), gates

    def _stage_ends(self) -> list[int]:
        return self.encoder._out_indexes

    def _stages(self) -> list[nn.Sequential]:
        ends = [end + 1 for end in self._stage_ends()]
        return [self.encoder.features[start:end] for start, end in zip([0, *ends], ends, strict=False)]


class AttentionDeepLabV3(AttentionSegmenter):
    """DeepLabV3 with a gate on the encoder's output and one on the output of the ASPP (paper A)."""

    def __init__(self, net: smp.DeepLabV3):
        super().__init__(net)
        self.encoder_gate = SpatialAttention()
        self.aspp_gate = SpatialAttention()

    def encode_with_gates(self, batch: torch.Tensor) -> tuple[Features, Gates]:
        *shallow, deep = self.encoder(batch)
        gate = self.encoder_gate.gate(deep)
        return [*shallow, deep * gate], [gate]

    def decode_with_gates(self, features: Features) -> tuple[torch.Tensor, Gates]:
        decoder = self.decoder
        pyramid = decoder.aspp(features[-1])
        gate = self.aspp_gate.gate(pyramid)
        refined = decoder.relu(decoder.bn(decoder.conv(pyramid * gate)))
        return self.segmentation_head(refined), [gate]
