"""ViT-B/32 in our precisions beside PyTorch, ONNX Runtime and OpenVINO, in one run, with the bars of each.

Random weights in the true shape: time does not depend on them. Prints Markdown tables, the ratios that the
project asks of itself, and what share of this machine's own limit is reached.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from race import ROOT, Candidate, Ours, race, timed

TOKENS = 12
"""Of "a red striped dress" with the bundle's tokenizer: about what a shopper types."""

PRECISIONS = ("int8", "bf16", "f32")


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


def image_gflop(layers: int = 12, hidden: int = 768, rows: int = 50) -> float:
    """Multiplications and additions of the image tower, the last layer for the class position alone."""
    patches = 2 * rows * hidden * 3072
    whole = 2 * rows * hidden * hidden * 12 + 4 * rows * rows * hidden
    last = 2 * hidden * hidden * (2 * rows + 10) + 4 * rows * hidden
    return (patches + (layers - 1) * whole + last) / 1e9


class Torch:
    """The reference, and what is exported from it."""

    def __init__(self, bundle: Path, threads: int) -> None:
        import torch
        from transformers import CLIPImageProcessorPil, CLIPModel

        torch.set_num_threads(threads)
        self.torch, self.threads = torch, threads
        self.model = CLIPModel.from_pretrained(bundle).eval()
        self.processor = CLIPImageProcessorPil.from_pretrained(bundle)
        model = self.model

        class ImageTower(torch.nn.Module):
            def forward(self, pixels):
                return model.visual_projection(model.vision_model(pixel_values=pixels).pooler_output)

        class TextTower(torch.nn.Module):
            def forward(self, ids):
                return model.text_projection(model.text_model(input_ids=ids).pooler_output)

        self.image_tower, self.text_tower = ImageTower().eval(), TextTower().eval()

    def run(self, tower, example, threads: int | None = None, clock=time.perf_counter) -> Candidate:
        def work() -> None:
            # Other candidates may have changed it.
            self.torch.set_num_threads(threads or self.threads)
            with self.torch.inference_mode():
                tower(example)

        return timed(work, clock)

    def onnx(self, file: Path, tower, example, name: str) -> Path:
        """The tower as ONNX; pictures in any number, texts of exactly the example's length."""
        if not file.exists():
            import onnx

            dim = self.torch.export.Dim("batch", min=1, max=64)
            dynamic = {"pixels": {0: dim}} if name == "pixels" else None
            self.torch.onnx.export(
                tower, (example,), file, dynamo=True, dynamic_shapes=dynamic, input_names=[name]
            )
            model = onnx.load(file)
            # The exporter's notes on shapes contradict what quantisation infers.
            del model.graph.value_info[:]
            onnx.save(model, file)
            file.with_name(file.name + ".data").unlink()
        return file


def ort_int8(file: Path) -> Path:
    """Weights to eight bits, inputs as they come (dynamic quantisation), as ONNX Runtime does it."""
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    target = file.with_suffix(".int8.onnx")
    if not target.exists():
        prepared = file.with_suffix(".prepared.onnx")
        quant_pre_process(file, prepared, skip_symbolic_shape=True)
        quantize_dynamic(prepared, target, weight_type=QuantType.QInt8)
        prepared.unlink()
    return target


def ort(file: Path, threads: int):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Idle threads that spin would slow whoever's turn it is.
    options.add_session_config_entry("session.intra_op.allow_spinning", "1")
    options.add_session_config_entry("session.force_spinning_stop", "1")
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda array: session.run(None, {name: array})


class OpenVino:
    """Compiled for each batch size, since it is fastest so."""

    def __init__(self, onnx: Path, threads: int) -> None:
        import openvino

        self.openvino, self.core, self.threads = openvino, openvino.Core(), threads
        self.onnx = onnx
        self.capabilities = self.core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")

    def quantised(self, calibration: list[np.ndarray]) -> Path:
        """Post-training quantisation of weights and inputs by NNCF."""
        file = self.onnx.with_suffix(".int8.xml")
        if not file.exists():
            import nncf

            dataset = nncf.Dataset(calibration)
            model = self.core.read_model(self.onnx)
            transformer = nncf.ModelType.TRANSFORMER
            quantised = nncf.quantize(model, dataset, model_type=transformer, subset_size=len(calibration))
            self.openvino.save_model(quantised, file, compress_to_fp16=False)
        return file

    def run(self, file: Path, precision: str, array: np.ndarray, threads=None, clock=time.perf_counter) -> Candidate:
        model = self.core.read_model(file)
        model.reshape(list(array.shape))
        settings = {
            "INFERENCE_PRECISION_HINT": precision,
            "INFERENCE_NUM_THREADS": threads or self.threads,
            "PERFORMANCE_HINT": "LATENCY",
        }
        request = self.core.compile_model(model, "CPU", settings).create_infer_request()
        return timed(lambda: request.infer([array]), clock)


def bar(name: str, value: float, least: float) -> None:
    verdict = "met" if value >= least else f"missed by {100 * (1 - value / least):.0f} %"
    print(f"| {name} | {value:.2f} | {least:.2f} | {verdict} |")


class ImagePeers:
    """The image tower in every library."""

    def __init__(self, torch: Torch, cache: Path, threads: int) -> None:
        example = torch.torch.randn(2, 3, 224, 224)
        self.torch = torch
        self.onnx = torch.onnx(cache / "image.onnx", torch.image_tower, example, "pixels")
        self.openvino = OpenVino(self.onnx, threads)
        capabilities = ", ".join(self.openvino.capabilities)
        print(f"\nOpenVINO says that this processor does: {capabilities}")
        rng = np.random.default_rng(3)
        calibration = [rng.normal(size=(1, 3, 224, 224)).astype(np.float32) for _ in range(8)]
        self.quantised = self.openvino.quantised(calibration)

    def candidates(self, batch: int, threads: int, clock=time.perf_counter) -> dict[str, Candidate]:
        pixels = self.torch.torch.randn(batch, 3, 224, 224)
        array = pixels.numpy()
        int8, f32 = ort(ort_int8(self.onnx), threads), ort(self.onnx, threads)
        openvino = lambda file, precision: self.openvino.run(file, precision, array, threads, clock)
        return {
            "PyTorch f32": self.torch.run(self.torch.image_tower, pixels, threads, clock),
            "ORT int8 dynamic": timed(lambda: int8(array), clock),
            "ORT f32": timed(lambda: f32(array), clock),
            "OpenVINO int8": openvino(self.quantised, "f32"),
            "OpenVINO bf16": openvino(self.onnx, "bf16"),
            "OpenVINO f32": openvino(self.onnx, "f32"),
        }


def start_ours(binary: Path, bundle: Path, cache: Path, threads: int) -> tuple[dict[str, Ours], dict]:
    """A process for each precision, and the milliseconds that each took to start."""
    ours = {p: Ours(binary, bundle, p, str(threads), cache / "packed", threads=threads) for p in PRECISIONS}
    return ours, {precision: float(process.line()) for precision, process in ours.items()}


def images(ours: dict[str, Ours], peers: ImagePeers, rounds: int, threads: int) -> dict:
    medians = {}
    for batch in (1, 8, 32):
        candidates = {f"knytt {name}": process.job(f"image {batch}") for name, process in ours.items()}
        candidates |= peers.candidates(batch, threads)
        title = f"ViT-B/32 image tower, batch {batch}, {threads} threads"
        medians[batch] = race(title, candidates, max(5, rounds // batch))
    return medians


def core_images(ours: dict[str, Ours], peers: ImagePeers, rounds: int) -> dict:
    """One thread by its own clock: what a busy machine does to the others' waiting does not count."""
    medians = {}
    for batch in (1, 8):
        candidates = {f"knytt {name}": process.job(f"cpu-image {batch}") for name, process in ours.items()}
        candidates |= peers.candidates(batch, 1, time.process_time)
        title = f"ViT-B/32 image tower, batch {batch}, 1 thread, core-ms"
        medians[batch] = race(title, candidates, max(5, rounds // batch))
    return medians


def texts(ours: dict[str, Ours], torch: Torch, cache: Path, rounds: int) -> dict:
    """`ours`: of one thread."""
    ids = torch.torch.tensor([[0, *range(5, 3 + TOKENS), 1]])
    onnx = torch.onnx(cache / "text.onnx", torch.text_tower, ids, "ids")
    int8, f32 = ort(ort_int8(onnx), 1), ort(onnx, 1)
    candidates = {f"knytt {name}": process.job("cpu-text 1") for name, process in ours.items()}
    candidates["PyTorch f32"] = torch.run(torch.text_tower, ids, 1, time.process_time)
    candidates["ORT int8 dynamic"] = timed(lambda: int8(ids.numpy()), time.process_time)
    candidates["ORT f32"] = timed(lambda: f32(ids.numpy()), time.process_time)
    return race(f"ViT-B/32 text tower, {TOKENS} tokens, 1 thread, core-ms", candidates, rounds)


def photos(ours: Ours, torch: Torch, cache: Path, rounds: int, threads: int) -> dict:
    from PIL import Image

    photo = camera_photo(cache)
    session = ort(ort_int8(cache / "image.onnx"), threads)

    def pixels() -> np.ndarray:
        return torch.processor(Image.open(photo).convert("RGB"), return_tensors="np")["pixel_values"]

    candidates = {
        "knytt int8": ours.job(f"cpu-file {photo}"),
        "Pillow + ORT int8": timed(lambda: session(pixels()), time.process_time),
        "Pillow + PyTorch": timed(
            lambda: torch.run(torch.image_tower, torch.torch.from_numpy(pixels()), threads)(),
            time.process_time,
        ),
    }
    return race("12-megapixel JPEG to embedding, core-ms of all threads", candidates, max(5, rounds // 3))


def bars(medians: dict, threads: int, limits: dict) -> None:
    """`medians`: of the image tower, by batch, with so many threads."""
    one = medians[1]
    int8, bf16, f32 = (one[f"knytt {p}"] for p in PRECISIONS)
    print(f"\n### Bars of the image tower, {threads} threads\n\n| | reached | bar | |\n|---|---|---|---|")
    bar("int8, batch 1: to ORT int8", one["ORT int8 dynamic"] / int8, 1.6)
    bar("int8, batch 1: to OpenVINO int8", one["OpenVINO int8"] / int8, 1.3)
    bar("int8, batch 1: to PyTorch f32", one["PyTorch f32"] / int8, 7.5)
    bar("int8: share of the limit", image_gflop() / int8 * 1e3 / (limits["int8"] * threads), 0.85)
    bar("bf16: to OpenVINO bf16", one["OpenVINO bf16"] / bf16, 1.2)
    bar("bf16: to PyTorch f32", one["PyTorch f32"] / bf16, 4)
    bar("f32: to ORT f32", one["ORT f32"] / f32, 1.25)
    for batch, times in medians.items():
        if batch > 1:
            bar(f"int8, batch {batch}: to OpenVINO int8", times["OpenVINO int8"] / times["knytt int8"], 1.1)
    shares = [f"{p} {image_gflop() / one[f'knytt {p}'] * 1e3 / (limits[p] * threads):.2f}" for p in PRECISIONS]
    print(f"\nShares of the limit at batch 1: {', '.join(shares)}.")


def run(examples: Path, cache: Path, rounds: int, threads: int) -> None:
    """`examples`: the folder of our example programs. `cache`: where models and exports are kept."""
    cache.mkdir(parents=True, exist_ok=True)
    bundle, binary = make_bundle(cache / "vit-b-32"), examples / "time_encode"
    limits = json.loads(subprocess.run([examples / "limits"], capture_output=True, check=True).stdout)
    print(f"Limits of one thread, 10⁹ operations a second, registers alone: {limits}")
    print(f"Image tower: {image_gflop():.3f} GFLOP")
    torch = Torch(bundle, threads)
    peers = ImagePeers(torch, cache, threads)
    single, starts = start_ours(binary, bundle, cache, 1)
    bars(core_images(single, peers, rounds), 1, limits)
    text = texts(single, torch, cache, rounds)
    photo = photos(single["int8"], torch, cache, rounds, 1)
    print("\n| | reached | bar | |\n|---|---|---|---|")
    bar("text, int8: to ORT int8", text["ORT int8 dynamic"] / text["knytt int8"], 1.7)
    bar("JPEG: to Pillow + ORT int8", photo["Pillow + ORT int8"] / photo["knytt int8"], 3)
    [process.close() for process in single.values()]
    ours, _ = start_ours(binary, bundle, cache, threads)
    bars(images(ours, peers, rounds, threads), threads, limits)
    [process.close() for process in ours.values()]
    told = ", ".join(f"{precision} {ms:.0f} ms" for precision, ms in starts.items())
    print(f"\nStarts, with packed weights in the cache if an earlier run left them: {told}.")
