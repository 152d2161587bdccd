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

    def run(self, tower, example, threads: int | None = None) -> Candidate:
        def work() -> None:
            # Other candidates may have changed it.
            self.torch.set_num_threads(threads or self.threads)
            with self.torch.inference_mode():
                tower(example)

        return timed(work)

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

    def run(self, file: Path, precision: str, array: np.ndarray) -> Candidate:
        model = self.core.read_model(file)
        model.reshape(list(array.shape))
        settings = {
            "INFERENCE_PRECISION_HINT": precision,
            "INFERENCE_NUM_THREADS": self.threads,
            "PERFORMANCE_HINT": "LATENCY",
        }
        request = self.core.compile_model(model, "CPU", settings).create_infer_request()
        return timed(lambda: request.infer([array]))


def bar(name: str, value: float, least: float) -> None:
    verdict = "met" if value >= least else f"missed by {100 * (1 - value / least):.0f} %"
    print(f"| {name} | {value:.2f} | {least:.2f} | {verdict} |")


def images(ours: dict[str, Ours], torch: Torch, cache: Path, rounds: int, threads: int) -> dict:
    example = torch.torch.randn(2, 3, 224, 224)
    onnx = torch.onnx(cache / "image.onnx", torch.image_tower, example, "pixels")
    sessions = {"ORT int8 dynamic": ort(ort_int8(onnx), threads), "ORT f32": ort(onnx, threads)}
    openvino = OpenVino(onnx, threads)
    print(f"\nOpenVINO says that this processor does: {', '.join(openvino.capabilities)}")
    rng = np.random.default_rng(3)
    calibration = [rng.normal(size=(1, 3, 224, 224)).astype(np.float32) for _ in range(8)]
    quantised = openvino.quantised(calibration)
    medians = {}
    for batch in (1, 8, 32):
        pixels = torch.torch.randn(batch, 3, 224, 224)
        array = pixels.numpy()
        candidates = {f"knytt {name}": process.job(f"image {batch}") for name, process in ours.items()}
        candidates["PyTorch f32"] = torch.run(torch.image_tower, pixels)
        for name, session in sessions.items():
            candidates[name] = timed(lambda session=session: session(array))
        candidates["OpenVINO int8"] = openvino.run(quantised, "f32", array)
        candidates["OpenVINO bf16"] = openvino.run(onnx, "bf16", array)
        candidates["OpenVINO f32"] = openvino.run(onnx, "f32", array)
        title = f"ViT-B/32 image tower, batch {batch}, {threads} threads"
        medians[batch] = race(title, candidates, max(5, rounds // batch))
    return medians


def texts(torch: Torch, bundle: Path, binary: Path, cache: Path, rounds: int) -> dict:
    ids = torch.torch.tensor([[0, *range(5, 3 + TOKENS), 1]])
    onnx = torch.onnx(cache / "text.onnx", torch.text_tower, ids, "ids")
    ours = {p: Ours(binary, bundle, p, "1", cache / "packed", threads=1) for p in PRECISIONS}
    [process.line() for process in ours.values()]
    sessions = {"ORT int8 dynamic": ort(ort_int8(onnx), 1), "ORT f32": ort(onnx, 1)}
    candidates = {f"knytt {name}": process.job("text 1") for name, process in ours.items()}
    candidates["PyTorch f32"] = torch.run(torch.text_tower, ids, threads=1)
    for name, session in sessions.items():
        candidates[name] = timed(lambda session=session: session(ids.numpy()))
    medians = race(f"ViT-B/32 text tower, {TOKENS} tokens, 1 thread", candidates, rounds)
    [process.close() for process in ours.values()]
    return medians


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
            lambda: torch.run(torch.image_tower, torch.torch.from_numpy(pixels()))(), time.process_time
        ),
    }
    return race("12-megapixel JPEG to embedding, core-ms of all threads", candidates, max(5, rounds // 3))


def bars(one: dict, medians: dict, text: dict, photo: dict, limits: dict, threads: int) -> None:
    print("\n### Bars\n\n| | reached | bar | |\n|---|---|---|---|")
    int8, bf16, f32 = (one[f"knytt {p}"] for p in PRECISIONS)
    bar("int8, batch 1: to ORT int8", one["ORT int8 dynamic"] / int8, 1.6)
    bar("int8, batch 1: to OpenVINO int8", one["OpenVINO int8"] / int8, 1.3)
    bar("int8, batch 1: to PyTorch f32", one["PyTorch f32"] / int8, 7.5)
    bar("int8: share of the limit", image_gflop() / int8 * 1e3 / (limits["int8"] * threads), 0.85)
    bar("bf16: to OpenVINO bf16", one["OpenVINO bf16"] / bf16, 1.2)
    bar("bf16: to PyTorch f32", one["PyTorch f32"] / bf16, 4)
    bar("f32: to ORT f32", one["ORT f32"] / f32, 1.25)
    for batch in (8, 32):
        bar(f"int8, batch {batch}: to OpenVINO int8", medians[batch]["OpenVINO int8"] / medians[batch]["knytt int8"], 1.1)
    bar("text, int8: to ORT int8", text["ORT int8 dynamic"] / text["knytt int8"], 1.7)
    bar("JPEG: to Pillow + ORT int8", photo["Pillow + ORT int8"] / photo["knytt int8"], 3)
    shares = [f"{p} {image_gflop() / one[f'knytt {p}'] * 1e3 / (limits[p] * threads):.2f}" for p in PRECISIONS]
    print(f"\nLimits of one thread ({limits['isa']}), GF/s: {limits}; shares reached at batch 1: {', '.join(shares)}")
    print(f"Image tower: {image_gflop():.3f} GFLOP.")


def run(examples: Path, cache: Path, rounds: int, threads: int) -> None:
    """`examples`: the folder of our example programs. `cache`: where models and exports are kept."""
    cache.mkdir(parents=True, exist_ok=True)
    bundle, binary = make_bundle(cache / "vit-b-32"), examples / "time_encode"
    limits = json.loads(subprocess.run([examples / "limits"], capture_output=True, check=True).stdout)
    ours = {p: Ours(binary, bundle, p, str(threads), cache / "packed", threads=threads) for p in PRECISIONS}
    starts = {precision: float(process.line()) for precision, process in ours.items()}
    torch = Torch(bundle, threads)
    medians = images(ours, torch, cache, rounds, threads)
    text = texts(torch, bundle, binary, cache, rounds)
    photo = photos(ours["int8"], torch, cache, rounds, threads)
    bars(medians[1], medians, text, photo, limits, threads)
    told = ", ".join(f"{precision} {ms:.0f} ms" for precision, ms in starts.items())
    print(f"Start of each process, packed weights in the cache if an earlier run left them: {told}.")
    [process.close() for process in ours.values()]
