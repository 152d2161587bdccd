"""Makes the golden files of DINOv2 that `models/tests/it/dinov2.rs` compares with.

The reference is Hugging Face transformers' `Dinov2Model` with random weights, a small one as it saves itself. Its
positions are of pictures of 70 pixels and its processor makes 56 of them, as published models have it with 518 and
224: the reference interpolates. `--full DIR` writes DINOv2-base in its true shape with random weights.

    .venv/bin/pip install -r models/tests/golden/requirements.txt
    .venv/bin/python models/tests/golden/make_dinov2.py
    .venv/bin/python models/tests/golden/make_dinov2.py --full target/dinov2-base
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from make_golden import upright_rgb
from safetensors.torch import save_file
from transformers import BitImageProcessorPil, Dinov2Config, Dinov2Model

HERE = Path(__file__).parent
# Of so few pictures the pixels are committed too.
PIXELS = ["landscape.jpg", "portrait.png", "tiny.bmp"]
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def random_model(config: Dinov2Config, seed: int) -> Dinov2Model:
    """Random, but lively: at the usual initial scale all embeddings would be nearly the same."""
    torch.manual_seed(seed)
    model = Dinov2Model(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "norm" in name:
                parameter.add_(torch.randn_like(parameter) * 0.1)
            elif "lambda" in name:
                # Far from one and of both signs, so that a factor that is left out is seen.
                parameter.copy_(torch.randn_like(parameter) * 0.5 + 0.5)
            elif "token" in name or "position" in name:
                parameter.copy_(torch.randn_like(parameter) * 0.5)
            elif parameter.ndim > 1:
                parameter.copy_(torch.randn_like(parameter) * (1.5 / parameter[0].numel() ** 0.5))
            else:
                parameter.copy_(torch.randn_like(parameter) * 0.1)
    return model


@torch.no_grad()
def make(folder: Path, config: Dinov2Config, resized: int, side: int) -> None:
    """Saves a model, its processor, and what the reference computes: some pixels, and all embeddings of unit norm."""
    folder.mkdir(parents=True, exist_ok=True)
    model = random_model(config, 31)
    crop = {"height": side, "width": side}
    processor = BitImageProcessorPil(
        size={"shortest_edge": resized}, crop_size=crop, image_mean=MEAN, image_std=STD
    )
    model.save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(processor.to_json_string())
    golden = {}
    for path in sorted((HERE / "pictures").iterdir()):
        pixels = processor(upright_rgb(path), return_tensors="pt")["pixel_values"]
        features = model(pixel_values=pixels).pooler_output
        if path.name in PIXELS:
            golden[f"pixels/{path.name}"] = pixels[0].contiguous()
        golden[f"image/{path.name}"] = (features / features.norm(dim=-1, keepdim=True))[0].contiguous()
    save_file(golden, folder / "golden.safetensors")
    for name in ["golden.safetensors", "model.safetensors"]:
        (folder / name).chmod(0o644)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", type=Path, metavar="DIR", help="write DINOv2-base with random weights to DIR")
    arguments = parser.parse_args()
    if arguments.full:
        make(arguments.full, Dinov2Config(image_size=518), 256, 224)
    else:
        small = dict(hidden_size=48, num_hidden_layers=2, num_attention_heads=4, mlp_ratio=2)
        make(HERE / "dinov2", Dinov2Config(image_size=70, **small), 64, 56)


if __name__ == "__main__":
    main()
