"""Makes `efficientnet-lite/golden.safetensors`, what `models/tests/it/efficientnet.rs` compares with.

The reference is timm's `tf_efficientnet_lite2` in its true shape. Its 4.8 million weights are not stored: both
sides compute them from their names (`drawn`). Batch norm is the identity but for its bias, so that the stored layout
(batch norm folded in) has the same numbers.

    .venv/bin/pip install timm==1.0.31 torch==2.15.0 safetensors
    .venv/bin/python models/tests/golden/make_efficientnet.py
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import timm
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor, nn

HERE = Path(__file__).parent / "efficientnet-lite"
SIDE, DIMENSION, HIDDEN, INSTANCE, INSTANCE_HIDDEN = 128, 40, 56, 24, 48
MASK = (1 << 64) - 1


def drawn(name: str, shape: tuple[int, ...], bound: float) -> Tensor:
    """Uniform between -bound and bound: splitmix64 from the FNV-1a hash of the name on, 53 bits each."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x100000001B3) & MASK
    with np.errstate(over="ignore"):
        at = np.arange(1, int(np.prod(shape)) + 1, dtype=np.uint64)
        z = np.uint64(seed) + at * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    unit = (z >> np.uint64(11)).astype(np.float64) / float(1 << 53)
    return torch.from_numpy(((2 * unit - 1) * bound).astype(np.float32).reshape(shape))


def bound(shape: tuple[int, ...]) -> float:
    """Keeps the variance of what goes through; biases are a tenth."""
    return 0.1 if len(shape) == 1 else float(np.sqrt(6 / np.prod(shape[1:])))


def set_conv(conv: nn.Conv2d, norm: nn.Module, name: str) -> None:
    shape = tuple(conv.weight.shape)
    conv.weight.copy_(drawn(f"{name}.weight", shape, bound(shape)))
    norm.weight.fill_(1)
    norm.running_mean.fill_(0)
    norm.running_var.fill_(1 - norm.eps)
    norm.bias.copy_(drawn(f"{name}.bias", shape[:1], bound(shape[:1])))


def linear(x: Tensor, name: str, outputs: int, biased: bool) -> Tensor:
    weight = drawn(f"{name}.weight", (outputs, x.shape[1]), bound((outputs, x.shape[1])))
    return F.linear(x, weight, drawn(f"{name}.bias", (outputs,), 0.1) if biased else None)


def picture(number: int) -> np.ndarray:
    """Bands and waves, uint8 [SIDE, SIDE, 3]; whole numbers alone, so that both sides draw the same."""
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    channels = [(x * (3 + number) + y * 2) % 256, (x * y // (5 + number)) % 256, (255 - x + y * y // 7 * number) % 256]
    return np.stack(channels, 2).astype(np.uint8)


@torch.no_grad()
def main() -> None:
    model = timm.create_model("tf_efficientnet_lite2", pretrained=False).eval()
    set_conv(model.conv_stem, model.bn1, "vision_model.stem")
    number = 0
    for stage in model.blocks:
        for block in stage:
            at = f"vision_model.blocks.{number}"
            if hasattr(block, "conv_pwl"):
                set_conv(block.conv_pw, block.bn1, f"{at}.expand")
                set_conv(block.conv_dw, block.bn2, f"{at}.depthwise")
                set_conv(block.conv_pwl, block.bn3, f"{at}.project")
            else:
                set_conv(block.conv_dw, block.bn1, f"{at}.depthwise")
                set_conv(block.conv_pw, block.bn2, f"{at}.project")
            number += 1
    set_conv(model.conv_head, model.bn2, "vision_model.head")

    pixels = torch.from_numpy(np.stack([picture(n) for n in range(3)])).permute(0, 3, 1, 2) / 255
    x = model.bn1(model.conv_stem((pixels - 0.5) / 0.5))
    maps = [x]
    for stage in model.blocks:
        x = stage(x)
        maps.append(x)
    maps.append(model.bn2(model.conv_head(x)))
    moments = torch.cat([part for m in maps for part in (m.mean((2, 3)), m.std((2, 3), correction=0))], 1)
    pooled = maps[-1].mean((2, 3))
    hidden = F.relu(linear(moments, "visual_hidden", HIDDEN, True))
    of_instances = F.relu(linear(moments, "identity_head.hidden", INSTANCE_HIDDEN, True))
    out = {
        "pooled": linear(pooled, "visual_projection", DIMENSION, False),
        "moments": linear(hidden, "visual_projection", DIMENSION, False),
        "instances": linear(of_instances, "identity_head.out", INSTANCE, False),
    }
    print({k: (v.std().item(), F.cosine_similarity(v[0], v[1], 0).item()) for k, v in out.items()}, moments.abs().max())
    print([round(m.abs().mean().item(), 3) for m in maps])
    HERE.mkdir(exist_ok=True)
    save_file({k: F.normalize(v, dim=1).contiguous() for k, v in out.items()}, HERE / "golden.safetensors")
    stages = [
        {"channels": 16, "depth": 1, "stride": 1, "kernel": 3, "expansion": 1},
        {"channels": 24, "depth": 3, "stride": 2, "kernel": 3, "expansion": 6},
        {"channels": 48, "depth": 3, "stride": 2, "kernel": 5, "expansion": 6},
        {"channels": 88, "depth": 4, "stride": 2, "kernel": 3, "expansion": 6},
        {"channels": 120, "depth": 4, "stride": 1, "kernel": 5, "expansion": 6},
        {"channels": 208, "depth": 5, "stride": 2, "kernel": 5, "expansion": 6},
        {"channels": 352, "depth": 1, "stride": 1, "kernel": 3, "expansion": 6},
    ]
    vision = {
        "model_type": "knytt_efficientnet_lite", "image_size": SIDE, "stem_width": 32, "mbconv_stages": stages,
        "head_width": 1280, "projection_hidden_size": HIDDEN, "identity_dim": INSTANCE,
        "identity_hidden_size": INSTANCE_HIDDEN,
    }
    text = {
        "vocab_size": 1345, "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1,
        "num_attention_heads": 2, "max_position_embeddings": 8, "hidden_act": "quick_gelu", "eos_token_id": 1344,
    }
    config = {"model_type": "clip", "projection_dim": DIMENSION, "text_config": text, "vision_config": vision}
    size = {"height": SIDE, "width": SIDE}
    preprocessor = {
        "image_processor_type": "CLIPImageProcessor", "do_resize": True, "size": size, "resample": 3,
        "do_center_crop": False, "crop_size": size, "do_rescale": True, "rescale_factor": 1 / 255, "do_normalize": True,
        "image_mean": [0.5] * 3, "image_std": [0.5] * 3, "do_convert_rgb": True,
    }
    for name, value in [("config.json", config), ("preprocessor_config.json", preprocessor)]:
        (HERE / name).write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
