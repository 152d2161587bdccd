"""Writes a trained model as a bundle in the layout of transformers' CLIPModel."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor

from data import PIXEL_MEAN, PIXEL_STD
from towers import DualEncoder

TEXT_KEYS = [
    "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
    "max_position_embeddings", "hidden_act", "layer_norm_eps", "bos_token_id", "eos_token_id",
    "pad_token_id", "projection_dim",
]


def bundle_tensors(model: DualEncoder) -> dict[str, Tensor]:
    """All tensors by their CLIPModel names, batch norm folded, as f16."""
    out = model.vision_model.folded_state()
    for name, value in model.text_model.state_dict().items():
        name = name.removeprefix("text_model.")
        if not name.endswith("position_ids"):
            out[f"text_model.{name}"] = value
    out["visual_projection.weight"] = model.visual_projection.weight
    out["text_projection.weight"] = model.text_projection.weight
    out["logit_scale"] = model.logit_scale
    return {k: v.detach().to(torch.float16).contiguous() for k, v in out.items()}


def export_bundle(model: DualEncoder, tokenizer: Tokenizer, folder: Path) -> None:
    shape, text = model.vision_model.shape, model.text_model.config
    write_bundle(
        folder, bundle_tensors(model), tokenizer, text, shape.as_config(text.projection_dim), (PIXEL_MEAN, PIXEL_STD)
    )


def write_bundle(
    folder: Path, tensors: dict[str, Tensor], tokenizer: Tokenizer, text, vision: dict, pixels: tuple,
) -> None:
    """The four files. `text`: a CLIPTextConfig; `vision`: `vision_config`; `pixels`: mean and deviation."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    config = {
        "model_type": "clip",
        "architectures": ["CLIPModel"],
        "projection_dim": text.projection_dim,
        "logit_scale_init_value": 2.6592,
        "text_config": {"model_type": "clip_text_model", **{k: getattr(text, k) for k in TEXT_KEYS}},
        "vision_config": vision,
    }
    size = {"height": vision["image_size"], "width": vision["image_size"]}
    preprocessor = {
        "image_processor_type": "CLIPImageProcessor",
        "do_resize": True,
        "size": size,
        "resample": 3,
        "do_center_crop": False,
        "crop_size": size,
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": list(pixels[0]),
        "image_std": list(pixels[1]),
        "do_convert_rgb": True,
    }
    for name, value in [("config.json", config), ("preprocessor_config.json", preprocessor)]:
        (folder / name).write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
    tokenizer.save(str(folder / "tokenizer.json"))
