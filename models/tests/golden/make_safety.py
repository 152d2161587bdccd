"""Makes the golden files of the safety classifier that `models/tests/it/safety.rs` compares with.

The reference is a residual network of bottleneck blocks in PyTorch with random weights, as Yahoo's open_nsfw has it but
smaller: convolutions with biases, batch norm of its own, BGR pictures resized by Pillow. What is stored has batch norm
folded in, RGB, f16, as `models/training/open_nsfw.py` stores it; the reference computes in f32
before folding, so differences are those of f16 and of the order of sums.

    .venv/bin/pip install -r models/tests/golden/requirements.txt
    .venv/bin/python models/tests/golden/make_safety.py
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from make_golden import upright_rgb
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor, nn

HERE = Path(__file__).parent
STEM, EXPANSION = 8, 4
STAGES = [{"width": 4, "depth": 2, "stride": 1}, {"width": 6, "depth": 1, "stride": 2}, {"width": 8, "depth": 2, "stride": 2}]
RESIZED, CROPPED = 64, 56
MEAN_RGB = [123.0, 117.0, 104.0]


class Normed(nn.Module):
    """A convolution with a bias, and batch norm."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.conv(x))

    def folded(self) -> tuple[Tensor, Tensor]:
        gain = self.norm.weight / torch.sqrt(self.norm.running_var + self.norm.eps)
        bias = (self.conv.bias - self.norm.running_mean) * gain + self.norm.bias
        return self.conv.weight * gain[:, None, None, None], bias


class Block(nn.Module):
    def __init__(self, inputs: int, width: int, stride: int, first: bool) -> None:
        super().__init__()
        self.conv1 = Normed(inputs, width, 1, stride)
        self.conv2 = Normed(width, width, 3)
        self.conv3 = Normed(width, width * EXPANSION, 1)
        self.shortcut = Normed(inputs, width * EXPANSION, 1, stride) if first else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.conv3(F.relu(self.conv2(F.relu(self.conv1(x))))) + self.shortcut(x))


class Network(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem, inputs, stages = Normed(3, STEM, 7, 2), STEM, []
        for stage in STAGES:
            blocks = []
            for n in range(stage["depth"]):
                blocks.append(Block(inputs, stage["width"], stage["stride"] if n == 0 else 1, n == 0))
                inputs = stage["width"] * EXPANSION
            stages.append(nn.Sequential(*blocks))
        self.stages, self.head = nn.Sequential(*stages), nn.Linear(inputs, 2)

    def forward(self, bgr: Tensor) -> Tensor:
        # TensorFlow's "SAME" of a map with an even side: the one further position is at its far end.
        x = F.max_pool2d(F.pad(F.relu(self.stem(bgr)), (0, 1, 0, 1)), 3, 2)
        return self.head(self.stages(x).mean((2, 3)))


@torch.no_grad()
def random_network() -> Network:
    torch.manual_seed(47)
    network = Network().eval()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.weight.uniform_(0.5, 1.5)
            module.bias.normal_(0, 0.2)
            module.running_mean.normal_(0, 0.2)
            module.running_var.uniform_(0.5, 2)
        elif isinstance(module, nn.Conv2d):
            module.weight.normal_(0, (2 / module.weight[0].numel()) ** 0.5)
            module.bias.normal_(0, 0.1)
    network.stem.conv.weight.mul_(1 / 60)
    network.head.weight.normal_(0, 0.06)
    return network


def pixels_of(path: Path) -> Tensor:
    """`[1, 3, 56, 56]`, BGR less the mean."""
    image = upright_rgb(path).resize((RESIZED, RESIZED), Image.Resampling.BILINEAR)
    edge = (RESIZED - CROPPED) // 2
    rgb = np.asarray(image, dtype=np.float32)[edge : edge + CROPPED, edge : edge + CROPPED] - np.float32(MEAN_RGB)
    return torch.from_numpy(np.ascontiguousarray(rgb[:, :, ::-1].transpose(2, 0, 1)))[None]


@torch.no_grad()
def main() -> None:
    out, network = HERE / "safety", random_network()
    out.mkdir(exist_ok=True)
    stored = {"head.weight": network.head.weight, "head.bias": network.head.bias}
    for name, module in network.named_modules():
        if isinstance(module, Normed):
            weight, bias = module.folded()
            stored[f"{name}.weight"] = weight.flip(1) if name == "stem" else weight
            stored[f"{name}.bias"] = bias
    save_file({name: value.half().contiguous() for name, value in stored.items()}, out / "model.safetensors")
    description = {
        "model_type": "knytt_safety_resnet", "name": "random", "license": "CC0-1.0", "source": "make_safety.py",
        "judges": "nothing: its weights are random", "threshold": 0.5,
        "network": {"stem_width": STEM, "expansion": EXPANSION, "stages": STAGES}, "channels": "rgb",
        "preprocessing": {
            "size": {"height": RESIZED, "width": RESIZED}, "crop_size": {"height": CROPPED, "width": CROPPED},
            "resample": 2, "do_rescale": False, "image_mean": MEAN_RGB, "image_std": [1.0, 1.0, 1.0],
        },
    }
    (out / "safety.json").write_text(json.dumps(description, indent=2) + "\n")
    scores = {
        path.name: F.softmax(network(pixels_of(path)), -1)[0, 1].item()
        for path in sorted((HERE / "pictures").iterdir())
    }
    (out / "scores.json").write_text(json.dumps(scores, indent=2) + "\n")


if __name__ == "__main__":
    main()
