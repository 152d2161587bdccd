"""The same work in PyTorch and ONNX Runtime beside ours: medians and ratios in one run. Indexes are in
`indexes.py`.

Every round runs each candidate once, in turn, so that a machine whose speed drifts slows all of them
alike. Prints Markdown tables; `cargo xtask bench --peers` prepares everything and calls this.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
Candidate = Callable[[], float]
"""Does the work once and returns the milliseconds it took."""


class Ours:
    """One of our example programs, which times jobs that it reads line by line."""

    def __init__(self, *command: str | Path, threads: int) -> None:
        self.process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "RAYON_NUM_THREADS": str(threads)},
        )

    def job(self, line: str) -> Candidate:
        def run() -> float:
            self.process.stdin.write(f"{line} 1\n")
            self.process.stdin.flush()
            return json.loads(self.process.stdout.readline())[0]

        return run

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def timed(work: Callable[[], object]) -> Candidate:
    def run() -> float:
        start = time.perf_counter()
        work()
        return (time.perf_counter() - start) * 1e3

    return run


def race(title: str, candidates: dict[str, Candidate], rounds: int) -> None:
    """Takes turns, then prints the medians and each one's ratio to the first (ours)."""
    for run in candidates.values():
        run()  # warm up
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(rounds):
        for name, run in candidates.items():
            times[name].append(run())
    medians = {name: statistics.median(values) for name, values in times.items()}
    ours = medians[next(iter(medians))]
    print(f"\n### {title}\n\n| | median ms | min | peer / ours |\n|---|---|---|---|")
    for name, median in medians.items():
        print(f"| {name} | {median:.3f} | {min(times[name]):.3f} | {median / ours:.2f} |")
    sys.stdout.flush()


def make_bundle(folder: Path) -> Path:
    """A ViT-B/32 with random weights, made once by the script that makes the golden files."""
    if not (folder / "model.safetensors").exists():
        script = ROOT / "models/tests/golden/make_golden.py"
        subprocess.run([sys.executable, script, "--full", folder], check=True)
    return folder


def camera_photo(folder: Path) -> Path:
    """Twelve megapixels, JPEG 4:2:0, soft shapes with grain."""
    from PIL import Image

    path = folder / "camera.jpg"
    if not path.exists():
        rng = np.random.default_rng(1)
        soft = Image.fromarray(rng.integers(0, 256, (30, 40, 3), dtype=np.uint8)).resize((4000, 3000), 3)
        grain = rng.normal(0, 9, (3000, 4000, 1))
        Image.fromarray((np.asarray(soft) + grain).clip(0, 255).astype(np.uint8)).save(path, quality=92)
    return path


def encoders(ours: Path, cache: Path, rounds: int, threads: int) -> None:
    import onnxruntime as ort
    import torch
    from PIL import Image
    from transformers import CLIPImageProcessorPil, CLIPModel

    torch.set_num_threads(threads)
    bundle = make_bundle(cache / "vit-b-32")
    model = CLIPModel.from_pretrained(bundle).eval()
    processor = CLIPImageProcessorPil.from_pretrained(bundle)

    class ImageTower(torch.nn.Module):
        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            return model.visual_projection(model.vision_model(pixel_values=pixels).pooler_output)

    tower = ImageTower().eval()
    onnx = cache / "image.onnx"
    if not onnx.exists():
        example = (torch.randn(2, 3, 224, 224),)
        dynamic = {"pixels": {0: torch.export.Dim("batch", min=1, max=64)}}
        torch.onnx.export(tower, example, onnx, dynamo=True, dynamic_shapes=dynamic, input_names=["pixels"])
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    session = ort.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    knytt = Ours(ours / "time_encode", bundle, threads=threads)

    @torch.inference_mode()
    def torch_images(pixels: torch.Tensor) -> torch.Tensor:
        return tower(pixels)

    @torch.inference_mode()
    def torch_text(ids: torch.Tensor) -> torch.Tensor:
        return model.text_projection(model.text_model(input_ids=ids).pooler_output)

    for batch in (1, 8, 32):
        pixels = torch.randn(batch, 3, 224, 224)
        array = pixels.numpy()
        race(
            f"ViT-B/32 image tower, f32, batch {batch}, {threads} threads",
            {
                "knytt": knytt.job(f"image {batch}"),
                "PyTorch": timed(lambda: torch_images(pixels)),
                "ONNX Runtime": timed(lambda: session.run(None, {name: array})),
            },
            max(5, rounds // batch),
        )
    ids = torch.tensor([[0, *range(5, 15), 1]])
    race(
        f"ViT-B/32 text tower, f32, 12 tokens, {threads} threads",
        {"knytt": knytt.job("text 1"), "PyTorch": timed(lambda: torch_text(ids))},
        rounds,
    )
    photo = camera_photo(cache)

    def pil_pixels() -> torch.Tensor:
        return processor(Image.open(photo).convert("RGB"), return_tensors="pt")["pixel_values"]

    race(
        "12-megapixel JPEG to embedding",
        {
            "knytt": knytt.job(f"file {photo}"),
            "Pillow + PyTorch": timed(lambda: torch_images(pil_pixels())),
            "Pillow + ONNX Runtime": timed(lambda: session.run(None, {name: pil_pixels().numpy()})),
        },
        max(5, rounds // 3),
    )
    knytt.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ours", type=Path, required=True, help="folder of our example programs")
    parser.add_argument("--cache", type=Path, default=ROOT / "target/peers-cache")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--sizes", type=int, nargs="*", default=[5_000, 50_000, 200_000])
    parser.add_argument("--dimension", type=int, default=512)
    parser.add_argument("--kinds", nargs="*", default=["ivf", "rabitq", "hnsw", "usearch", "arroy"])
    parser.add_argument("--only", choices=["encoders", "indexes"])
    arguments = parser.parse_args()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    if arguments.only != "indexes":
        encoders(arguments.ours, arguments.cache, arguments.rounds, arguments.threads)
    if arguments.only != "encoders":
        from indexes import indexes

        kinds = set(arguments.kinds)
        indexes(arguments.ours, arguments.cache, arguments.rounds * 4, arguments.sizes, arguments.dimension, kinds)


if __name__ == "__main__":
    main()
