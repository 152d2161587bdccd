"""Writes golden.safetensors: what a bundle must give for fixed inputs.

    python golden_starter.py --bundle DIR

Computed by PyTorch in f32 from the bundle's f16-rounded weights:
  pixels            [3, 3, S, S] f16   preprocessed pictures (seeded, rounded to f16)
  image_embeds      [3, 256]     f32   projected, before normalisation
  image_identities  [3, 128]     f32   as read from all maps, of unit norm where towers stand side by side
  ids_0 … ids_3     [len]        i64   token ids of the texts in the file's metadata
  text_embeds       [4, 256]     f32   pooled and projected, before normalisation
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from evaluate import Bundle

TEXTS = [
    "a photo of a t-shirt",
    "Navy Blue striped longsleeve",
    "red shoes for kids",
    "naïve 漢字 kimono, size XXL — " + "very " * 40 + "long",
]


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--bundle", type=Path, required=True)
    args = p.parse_args()
    bundle = Bundle(args.bundle)
    size = bundle.config["vision_config"]["image_size"]
    gen = torch.Generator().manual_seed(7)
    # Soft blobs and a little noise: smooth like pictures, spread like pixels.
    blobs = F.interpolate(torch.randn(3, 3, 7, 7, generator=gen), size=(size, size), mode="bicubic")
    pixels = blobs + 0.1 * torch.randn(3, 3, size, size, generator=gen)
    # White in the bundle's range; black is its opposite.
    white = (1 - bundle.pre["image_mean"][0]) / bundle.pre["image_std"][0]
    pixels = (pixels * white / 2).clamp(-white, white).to(torch.float16)
    out = {"pixels": pixels, "image_embeds": bundle.raw_images(pixels.float())}
    out["image_identities"] = bundle.raw_identities(pixels.float())
    embeds = []
    for i, text in enumerate(TEXTS):
        ids = bundle.tokenizer.encode(text).ids
        if len(ids) > bundle.length:
            ids = ids[: bundle.length - 1] + [bundle.config["text_config"]["eos_token_id"]]
        out[f"ids_{i}"] = torch.tensor(ids)
        embeds.append(bundle.raw_texts(out[f"ids_{i}"][None])[0])
    out["text_embeds"] = torch.stack(embeds)
    out = {k: v.contiguous() for k, v in out.items()}
    save_file(out, args.bundle / "golden.safetensors", metadata={"texts": json.dumps(TEXTS)})


if __name__ == "__main__":
    main()
