"""Makes the golden files of published layouts that `models/tests/it/layouts.rs` converts.

The references of `open-clip` and of `open-clip-siglip` and `open-clip-siglip2`, whose image tower is timm's, are
open_clip with random weights; of the last one open_clip's tokenizer too. `archive` is the model of `gelu` as PyTorch saves it,
with the two files that older repositories have in place of `tokenizer.json`; its reference is the one of `gelu`.
`hostile.bin` is an archive whose pickle runs a command where it is loaded by Python.

    .venv/bin/pip install -r models/tests/golden/requirements.txt
    .venv/bin/pip install open_clip_torch==3.3.0 timm==1.0.31 torchvision
    .venv/bin/python models/tests/golden/make_siglip.py  # its tokens and its tokenizer are taken
    .venv/bin/python models/tests/golden/make_layouts.py
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import timm
import torch
from make_golden import upright_rgb
from open_clip.model import CLIP, CustomTextCLIP
from open_clip.tokenizer import HFTokenizer
from open_clip.transform import image_transform
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

HERE = Path(__file__).parent
PLAIN = HERE / "quick-gelu"
# What open_clip takes from a text and transformers' SigLIP2 does not.
CLEANED = [
    "A red_dress, size-M (new)!",
    "the “little black” dress: it’s  30% off…",
    "ÉTÉ à l'ombre; Größe\t42",
    "don't_stop   boots/shoes",
]


PREPROCESS = {
    "mean": [0.48145466, 0.4578275, 0.40821073],
    "std": [0.26862954, 0.26130258, 0.27577711],
    "interpolation": "bicubic",
    "resize_mode": "shortest",
}


def cropped_pixels(side: int) -> dict[str, torch.Tensor]:
    """What open_clip makes of each picture: `[3, side, side]`. Of an odd number of rows torchvision sometimes cuts one
    more above than transformers does."""
    transform = image_transform(side, is_train=False, **PREPROCESS)
    return {path.name: transform(upright_rgb(path)) for path in sorted((HERE / "pictures").iterdir())}


def lively(model: torch.nn.Module, seed: int) -> torch.nn.Module:
    """Random weights at a scale at which embeddings differ."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "ln_" in name:
                parameter.add_(torch.randn_like(parameter) * 0.1)
            elif parameter.ndim > 1:
                parameter.copy_(torch.randn_like(parameter) * (1.5 / parameter[0].numel() ** 0.5))
            elif name != "logit_scale":
                parameter.copy_(torch.randn_like(parameter) * 0.1)
    return model.eval()


@torch.no_grad()
def make_open_clip() -> None:
    folder = HERE / "open-clip"
    folder.mkdir(exist_ok=True)
    vision = dict(layers=2, width=48, head_width=12, mlp_ratio=2.0, patch_size=14, image_size=56)
    text = dict(context_length=24, vocab_size=400, width=32, heads=4, layers=2)
    model = lively(CLIP(embed_dim=24, vision_cfg=vision, text_cfg=text, quick_gelu=True), 11)
    config = {
        "model_cfg": {"embed_dim": 24, "quick_gelu": True, "vision_cfg": vision, "text_cfg": text},
        "preprocess_cfg": PREPROCESS,
    }
    (folder / "open_clip_config.json").write_text(json.dumps(config, indent=1) + "\n")
    state = {name: tensor.contiguous() for name, tensor in model.state_dict().items() if name != "attn_mask"}
    save_file(state, folder / "open_clip_model.safetensors", metadata={"format": "pt"})
    shutil.copy(PLAIN / "tokenizer.json", folder)

    golden = {}
    for name, pixels in cropped_pixels(56).items():
        golden[f"image/{name}"] = model.encode_image(pixels[None], normalize=True)[0].contiguous()
    reference = load_file(PLAIN / "golden.safetensors")
    # Texts that are too long lose their end in open_clip's tokenizer too, and keep the end token.
    for name, ids in reference.items():
        if name.startswith("tokens/"):
            padded = torch.zeros(1, 24, dtype=torch.int64)
            padded[0, : len(ids)] = ids
            golden[name.replace("tokens/", "text/")] = model.encode_text(padded, normalize=True)[0].contiguous()
    save_file(golden, folder / "golden.safetensors")


@timm.models.register_model
def vit_base_patch14_siglip_56(num_classes: int, global_pool: str, **_pretrained) -> torch.nn.Module:
    """A small tower of the kind that timm calls by such names; `base` says that it has 12 heads."""
    shape = dict(img_size=56, patch_size=14, embed_dim=48, depth=2, num_heads=12, mlp_ratio=2.5)
    return timm.models.VisionTransformer(
        **shape, class_token=False, num_classes=num_classes, global_pool=global_pool
    )


def siglip_tokens(folder: Path, tokenizer: str) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """The token ids of texts by their names, and the texts that are not in `texts.json`.

    SigLIP's are those that `make_siglip.py` kept. SigLIP2's are open_clip's own, which cleans texts otherwise.
    """
    kept = load_file(HERE / tokenizer / "golden.safetensors")
    if tokenizer == "siglip":
        return {name: ids for name, ids in kept.items() if name.startswith("tokens/")}, {}
    with TemporaryDirectory() as saved:
        shutil.copy(folder / "tokenizer.json", saved)
        special = {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "<pad>", "eos_token": "<eos>"}
        (Path(saved) / "tokenizer_config.json").write_text(json.dumps(special))
        # `AutoTokenizer` asks the config for the kind of model.
        (Path(saved) / "config.json").write_text(json.dumps({"model_type": "siglip"}))
        reference = HFTokenizer(saved, context_length=64, clean="canonicalize")
        texts = json.loads((HERE / "texts.json").read_text())
        tokens = {f"tokens/{n}": reference(text)[0] for n, text in enumerate(texts)}
        tokens |= {f"cleaned/{n}": reference(text)[0] for n, text in enumerate(CLEANED)}
    return tokens, {"cleaned": json.dumps(CLEANED)}


@torch.no_grad()
def make_open_clip_siglip(name: str, tokenizer: str, seed: int, dtype: torch.dtype) -> None:
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    shutil.copy(HERE / tokenizer / "tokenizer.json", folder)
    tokens, metadata = siglip_tokens(folder, tokenizer)
    vocabulary = json.loads((HERE / tokenizer / "config.json").read_text())["text_config"]["vocab_size"]
    vision = {
        "image_size": 56,
        "timm_model_name": "vit_base_patch14_siglip_56",
        "timm_model_pretrained": False,
        "timm_pool": "map",
        "timm_proj": "none",
    }
    text = {
        "context_length": 64,
        "vocab_size": vocabulary,
        "hf_tokenizer_name": "timm/ViT-B-16-SigLIP",
        "tokenizer_kwargs": {"clean": "canonicalize"},
        "width": 40,
        "heads": 4,
        "layers": 2,
        "no_causal_mask": True,
        "proj_bias": True,
        "pool_type": "last",
        "norm_kwargs": {"eps": 1e-6},
    }
    if tokenizer == "siglip2":
        text |= {"hf_tokenizer_name": "timm/ViT-B-16-SigLIP2", "act_kwargs": {"approximate": "tanh"}}
    model_config = {"embed_dim": 48, "init_logit_bias": -10, "custom_text": True}
    model_config |= {"vision_cfg": vision, "text_cfg": text}
    arguments = {name: value for name, value in model_config.items() if name != "custom_text"}
    model = CustomTextCLIP(**arguments)
    torch.manual_seed(seed)
    for name, parameter in model.named_parameters():
        if "norm" in name or "ln_" in name:
            parameter.add_(torch.randn_like(parameter) * 0.1)
        elif name.endswith(("pos_embed", "latent", "embedding", "embedding.weight")):
            parameter.copy_(torch.randn_like(parameter) * 0.5)
        elif parameter.ndim > 1:
            parameter.copy_(torch.randn_like(parameter) * (1.5 / parameter[0].numel() ** 0.5))
        elif not name.startswith("logit"):
            parameter.copy_(torch.randn_like(parameter) * 0.1)
    # The reference computes in f32 from the numbers that the file holds.
    model.to(dtype).float().eval()
    preprocess = {
        "mean": [0.5, 0.5, 0.5],
        "std": [0.5, 0.5, 0.5],
        "interpolation": "bicubic",
        "resize_mode": "squash",
    }
    config = {"model_cfg": model_config, "preprocess_cfg": preprocess}
    (folder / "open_clip_config.json").write_text(json.dumps(config, indent=1) + "\n")
    state = {name: tensor.to(dtype).contiguous() for name, tensor in model.state_dict().items()}
    save_file(state, folder / "open_clip_model.safetensors", metadata={"format": "pt"})
    (folder / "open_clip_model.safetensors").chmod(0o644)

    transform = image_transform(56, is_train=False, **preprocess)
    golden = {name: ids for name, ids in tokens.items() if tokenizer == "siglip2"}
    for path in sorted((HERE / "pictures").iterdir()):
        pixels = transform(upright_rgb(path))
        golden[f"image/{path.name}"] = model.encode_image(pixels[None], normalize=True)[0].contiguous()
    for name, ids in tokens.items():
        if name.startswith("tokens/"):
            features = model.encode_text(ids[None], normalize=True)
            golden[name.replace("tokens/", "text/")] = features[0].contiguous()
    save_file(golden, folder / "golden.safetensors", metadata=metadata or None)
    (folder / "golden.safetensors").chmod(0o644)


def make_archive() -> None:
    folder = HERE / "archive"
    folder.mkdir(exist_ok=True)
    plain = HERE / "gelu"
    state = load_file(plain / "model.safetensors")
    # Of many archives the position ids are a part, and some matrices lie by columns.
    state["vision_model.embeddings.position_ids"] = torch.arange(17)[None]
    state["visual_projection.weight"] = state["visual_projection.weight"].t().contiguous().t()
    torch.save(state, folder / "pytorch_model.bin")
    for name in ["config.json", "preprocessor_config.json"]:
        shutil.copy(plain / name, folder)
    model = json.loads(Tokenizer.from_file(str(plain / "tokenizer.json")).to_str())["model"]
    (folder / "vocab.json").write_text(json.dumps(model["vocab"], ensure_ascii=False))
    merges = [" ".join(pair) if isinstance(pair, list) else pair for pair in model["merges"]]
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges]) + "\n")


def make_hostile() -> None:
    class Hostile:
        def __reduce__(self):
            return os.system, ("touch executed",)

    with zipfile.ZipFile(HERE / "hostile.bin", "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({"visual_projection.weight": Hostile()}, protocol=2))


if __name__ == "__main__":
    make_open_clip()
    make_open_clip_siglip("open-clip-siglip", "siglip", 12, torch.float32)
    make_open_clip_siglip("open-clip-siglip2", "siglip2", 13, torch.float16)
    make_archive()
    make_hostile()
