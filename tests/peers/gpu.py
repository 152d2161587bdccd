"""A bundle in PyTorch with CUDA, for `cargo xtask bench --gpu`.

    python gpu.py starter|DIR BATCH…

Prints `#` and what was run, then a precision, the batch or `text` (one of 12 tokens), and the milliseconds of a pass
(the median), with tabs between them. Pixels go to the GPU and embeddings come back in that time, as in ours. The starter
runs as its training computes it (`models/training`), CLIP's layout in transformers; other layouts are refused. f32 is
computed without TF32. Where something is missing, the last line of the errors says what.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Callable

import torch

from race import ROOT

ENOUGH = 1.0
"""Seconds that a batch size is measured for."""

TOKENS = 12


class Starter:
    """The starter's towers as they were trained."""

    def __init__(self, device: str, dtype: torch.dtype) -> None:
        sys.path.append(str(ROOT / "models/training"))
        from evaluate import Bundle

        bundle = Bundle(ROOT / "models/starter")
        for tower, _ in bundle.tower.parts:
            tower.tensors = {name: tensor.to(device, dtype) for name, tensor in tower.tensors.items()}
            if tower.tower is not None:
                tower.tower.to(device, dtype)
        bundle.tower.projection = bundle.tower.projection.to(device, dtype)
        bundle.tensors = {name: tensor.to(device, dtype) for name, tensor in bundle.tensors.items()}
        bundle.text_model.to(device, dtype)
        self.bundle, self.side = bundle, bundle.config["vision_config"]["image_size"]

    def images(self, pixels: torch.Tensor) -> torch.Tensor:
        """Embeddings and instance embeddings, as ours gives both."""
        maps = self.bundle.tower.maps(pixels)
        return torch.cat([self.bundle.tower.images(maps), self.bundle.tower.identities(maps)], 1)

    def texts(self, ids: torch.Tensor) -> torch.Tensor:
        return self.bundle.raw_texts(ids)


class Clip:
    """A bundle in CLIP's layout."""

    def __init__(self, folder: Path, device: str, dtype: torch.dtype) -> None:
        from encoders import Torch

        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        parts = [config, config.get("vision_config", {}), config.get("text_config", {})]
        kinds = [part.get("model_type") for part in parts]
        if kinds != ["clip", "clip_vision_model", "clip_text_model"]:
            sys.exit(f"{folder} is not in CLIP's layout, but {kinds}")
        peer = Torch(folder, torch.get_num_threads())
        peer.model.to(device, dtype)
        self.images, self.texts = peer.image_tower, peer.text_tower
        self.side = peer.model.config.vision_config.image_size


def median(work: Callable[[], object]) -> float:
    """Milliseconds. The first pass loads kernels."""
    work()
    times, start = [], time.perf_counter()
    while not times or time.perf_counter() - start < ENOUGH:
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1e3


@torch.inference_mode()
def measure(bundle: str, device: str, dtype: torch.dtype, batches: list[int]) -> dict[str, float]:
    """The milliseconds of each batch size, and of a text."""
    model = Starter(device, dtype) if bundle == "starter" else Clip(Path(bundle), device, dtype)
    times = {}
    for batch in batches:
        pixels = torch.randn(batch, 3, model.side, model.side)
        # Taking the result waits for the GPU.
        times[str(batch)] = median(lambda: model.images(pixels.to(device, dtype)).float().cpu())
    ids = torch.tensor([[0, *range(5, 3 + TOKENS), 1]])
    times["text"] = median(lambda: model.texts(ids.to(device)).float().cpu())
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle")
    parser.add_argument("batches", type=int, nargs="+")
    parser.add_argument("--device", default="cuda", help="cpu tries the script where there is no GPU")
    arguments = parser.parse_args()
    if arguments.device == "cuda" and not torch.cuda.is_available():
        sys.exit(f"PyTorch {torch.__version__} finds no GPU with CUDA")
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    name = torch.cuda.get_device_name() if arguments.device == "cuda" else arguments.device
    print(f"# {torch.__version__} on {name}")
    for precision, dtype in {"f32": torch.float32, "f16": torch.float16}.items():
        for row, ms in measure(arguments.bundle, arguments.device, dtype, arguments.batches).items():
            print(f"{precision}\t{row}\t{ms:.4f}")


if __name__ == "__main__":
    main()
