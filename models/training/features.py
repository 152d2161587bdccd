"""What a resting EfficientNet-Lite gives of pictures, computed once and kept.

    python features.py --onnx embedding.onnx --out DIR [--side 224] [--views 3] --photos DIR --groceries DIR
    python features.py --onnx embedding.onnx --out DIR --rendered DIR [DIR ...]

Of each map of the tower (stem, seven stages, head) the means of its channels and how far they deviate, side by
side: [n, views, moments], float16, `NAME.npy` in --out. View 0 is the whole picture as the bundle squeezes it;
the others are random crops, turned, mirrored, in other light (`data.random_views`, `data.jitter`; --seed).
The network is run by ONNX Runtime, two to three times as fast as PyTorch on one core.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper

from data import jitter, load_squeezed, random_views, read_rendered, take_views, whole_view

BORDER = 1.15
"""Pictures are kept that much larger than the tower's input, so that crops have something to show."""


def with_moments(path: Path) -> bytes:
    """The graph whose one output is the means and the mean squares of each map that the tower keeps."""
    model = onnx.load(str(path))
    graph = model.graph
    stored = {i.name: list(i.dims) for i in graph.initializer}
    convs = [node for node in graph.node if node.op_type == "Conv"]
    after = {name: node for node in graph.node for name in node.input}
    kept = [after[convs[0].output[0]].output[0]]
    projects = [c for c in convs[1:-1] if after[c.output[0]].op_type != "Clip"]
    for here, following in zip(projects, [*projects[1:], None]):
        if following is None or stored[here.input[1]][0] != stored[following.input[1]][0]:
            add = after[here.output[0]]
            kept.append(add.output[0] if add.op_type == "Add" else here.output[0])
    kept.append(after[convs[-1].output[0]].output[0])
    pooled = []
    for at, name in enumerate(kept):
        graph.node.append(helper.make_node("Mul", [name, name], [f"square{at}"]))
        for kind, source in [("mean", name), ("squares", f"square{at}")]:
            graph.node.append(helper.make_node("GlobalAveragePool", [source], [f"{kind}{at}_map"]))
            graph.node.append(helper.make_node("Flatten", [f"{kind}{at}_map"], [f"{kind}{at}"]))
            pooled.append(f"{kind}{at}")
    del graph.output[:]
    graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in pooled)
    return model.SerializeToString()


class Moments:
    def __init__(self, path: Path, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(with_moments(path), options, providers=["CPUExecutionProvider"])

    def __call__(self, x: torch.Tensor) -> np.ndarray:
        """[n, 3, side, side] of 0..1 to [n, moments]."""
        out = self.session.run(None, {"x": (2 * x - 1).numpy()})
        parts = []
        for mean, squares in zip(out[::2], out[1::2]):
            parts += [mean, np.sqrt(np.maximum(squares - mean * mean, 0))]
        return np.concatenate(parts, 1)



def whole(network: Moments, images: np.ndarray, side: int, batch: int = 16) -> np.ndarray:
    """Squeezed pictures, uint8 [n, s, s, 3], to [n, moments]."""
    out = []
    for lo in range(0, len(images), batch):
        x = torch.from_numpy(np.array(images[lo : lo + batch])).permute(0, 3, 1, 2)
        if x.shape[-1] != side:
            x = torch.nn.functional.interpolate(x, size=(side, side), mode="bicubic", antialias=True)
        out.append(network(x / 255).astype(np.float16))
    return np.concatenate(out)


def varied(network: Moments, images: np.ndarray, views: int, side: int, seed: int, batch: int = 16) -> np.ndarray:
    """Random views of larger pictures: [n, views, moments]."""
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    theta = random_views(len(images) * views, rng, 0.35).reshape(len(images), views, 2, 3)
    out = []
    for lo in range(0, len(images), batch):
        part = torch.from_numpy(np.ascontiguousarray(images[lo : lo + batch]))
        seen = [take_views(part, torch.from_numpy(theta[lo : lo + batch, v]), side) for v in range(views)]
        out.append(np.stack([network(jitter(x, 0.25)).astype(np.float16) for x in seen], 1))
    return np.concatenate(out)


def paths(folder: Path, table: str) -> list[Path]:
    with open(folder / table, newline="", encoding="utf-8") as file:
        return [folder / row["image"] for row in csv.DictReader(file)]


def of_pictures(network: Moments, files: list[Path], args: argparse.Namespace) -> np.ndarray:
    first = whole(network, load_squeezed(files, args.side), args.side)[:, None]
    if args.views == 1:
        return first
    large = load_squeezed(files, round(args.side * BORDER))
    return np.concatenate([first, varied(network, large, args.views - 1, args.side, args.seed)], 1)


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--onnx", type=Path, required=True)
    p.add_argument("--out", type=Path, required=True)
    p.add_argument("--photos", type=Path)
    p.add_argument("--groceries", type=Path)
    p.add_argument("--rendered", type=Path, nargs="*", default=[])
    p.add_argument("--side", type=int, default=224)
    p.add_argument("--views", type=int, default=3)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--threads", type=int, default=1)
    args = p.parse_args()
    torch.set_num_threads(args.threads)
    args.out.mkdir(parents=True, exist_ok=True)
    network = Moments(args.onnx, args.threads)
    listed = []
    if args.groceries:
        listed += [("iconic", paths(args.groceries, "iconic.csv")), ("groceries", paths(args.groceries, "photos.csv"))]
    if args.photos:
        listed.append(("clothing", paths(args.photos, "photos.csv")))
    for name, files in listed:
        np.save(args.out / f"{name}.npy", of_pictures(network, files, args))
        print(name, len(files), flush=True)
    for folder in args.rendered:
        images = read_rendered(folder).images
        np.save(args.out / f"{folder.name}.npy", whole(network, images, args.side)[:, None])
        print(folder.name, len(images), flush=True)


if __name__ == "__main__":
    main()
