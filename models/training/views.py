"""Teaches the image tower of a bundle that a thing stays the same from view to view.

A frozen copy of the bundle looks at a garment as a shop shows it. The tower that is trained must say the
same of a shopper's photograph of it, and must tell it from the garments that are most like it; of
photographs of clothes it must go on to say what the copy says, however they are cropped and lit. The text
tower rests: what words mean stays where it is.

    knytt-garments train --count 72000 --views 3 --size 128 --seed 61 --out DIR/train
    python views.py --bundle models/starter --photos PHOTOS --views DIR/train --out DIR/bundle

The convolutions are trained as they are in the bundle, without batch norm.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import shutil
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from data import jitter, load_squeezed, normalise, random_views, read_photos, take_views

SIZE = 112


class Tower(nn.Module):
    """The image tower with its projection, from the tensors of a bundle."""

    def __init__(self, state: dict[str, Tensor], vision: dict) -> None:
        super().__init__()
        self.vision = vision
        own = {k: v for k, v in state.items() if k.startswith("vision_model.") or k == "visual_projection.weight"}
        self.own = nn.ParameterDict({k.replace(".", "/"): nn.Parameter(v.float()) for k, v in own.items()})
        self.to(memory_format=torch.channels_last)

    def conv(self, x: Tensor, name: str, stride: int) -> Tensor:
        weight, bias = (self.own[f"vision_model.{name}.{part}".replace(".", "/")] for part in ("weight", "bias"))
        return F.conv2d(x, weight, bias, stride, weight.shape[-1] // 2)

    def forward(self, x: Tensor) -> Tensor:
        """[n, 3, size, size] in 0..1 to [n, dimension], unit vectors."""
        x = normalise(x).to(memory_format=torch.channels_last)
        for i, stride in enumerate(self.vision["stem_strides"]):
            x = F.relu(self.conv(x, f"stem.{i}", stride))
        for s, depth in enumerate(self.vision["depths"]):
            for b in range(depth):
                stride = self.vision["strides"][s] if b == 0 else 1
                at = f"stages.{s}.{b}"
                h = self.conv(F.relu(self.conv(x, f"{at}.conv1", stride)), f"{at}.conv2", 1)
                r = F.avg_pool2d(x, 2, 2) if stride == 2 else x
                if f"vision_model/{at.replace('.', '/')}/shortcut/weight" in self.own:
                    r = self.conv(r, f"{at}.shortcut", 1)
                x = F.relu(h + r)
        return F.normalize(x.mean((2, 3)) @ self.own["visual_projection/weight"].T, dim=1)

    def tensors(self) -> dict[str, Tensor]:
        """By their names in the bundle."""
        return {k.replace("/", "."): v.detach() for k, v in self.own.items()}


def load(folder: Path) -> tuple[dict[str, Tensor], dict]:
    with safe_open(folder / "model.safetensors", "pt") as file:
        state = {k: file.get_tensor(k) for k in file.keys()}
    return state, json.loads((folder / "config.json").read_text())["vision_config"]


def resized(images: np.ndarray) -> Tensor:
    """uint8 [n, s, s, 3] to float [n, 3, SIZE, SIZE] in 0..1, as preprocessing does."""
    x = torch.from_numpy(np.ascontiguousarray(images)).permute(0, 3, 1, 2).float()
    return F.interpolate(x, size=(SIZE, SIZE), mode="bicubic", antialias=True).clamp_(0, 255).div_(255)


@torch.no_grad()
def embedded(tower: Tower, images: np.ndarray) -> Tensor:
    return torch.cat([tower(resized(images[lo : lo + 128])) for lo in range(0, len(images), 128)])


def hardest(embeddings: Tensor, count: int) -> Tensor:
    """[n, count]: for each the others that are most like it."""
    rows = []
    for lo in range(0, len(embeddings), 512):
        alike = embeddings[lo : lo + 512] @ embeddings.T
        alike[torch.arange(len(alike)), torch.arange(lo, lo + len(alike))] = -1
        rows.append(alike.topk(count).indices)
    return torch.cat(rows)


def seen_again(images: np.ndarray, rng: np.random.Generator, least: float, turn: float, spread: float) -> Tensor:
    """Parts of pictures, turned, mirrored and in other light."""
    theta = torch.from_numpy(random_views(len(images), rng, least, turn))
    return jitter(take_views(torch.from_numpy(np.ascontiguousarray(images)), theta, SIZE), spread)


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--bundle", type=Path, required=True)
    p.add_argument("--photos", type=Path, required=True)
    p.add_argument("--views", type=Path, required=True, help="what `knytt-garments train --views` wrote")
    p.add_argument("--each", type=int, default=3, help="pictures of each garment")
    p.add_argument("--out", type=Path, required=True)
    p.add_argument("--minutes", type=float, default=60)
    p.add_argument("--rate", type=float, default=6e-4)
    p.add_argument("--garments", type=int, default=96, help="in each step")
    p.add_argument("--clothes", type=int, default=40, help="photographs in each step")
    p.add_argument("--temperature", type=float, default=0.05)
    p.add_argument("--seed", type=int, default=1)
    args = p.parse_args()
    torch.manual_seed(args.seed)
    rng = np.random.default_rng(args.seed)

    state, vision = load(args.bundle)
    teacher = Tower(state, vision).eval().requires_grad_(False)
    tower = Tower(state, vision)
    average = copy.deepcopy(tower).requires_grad_(False)

    flat = np.memmap(args.views / "images.bin", np.uint8, "r")
    count = sum(1 for _ in open(args.views / "captions.jsonl", encoding="utf-8"))
    side = math.isqrt(flat.size // (count * 3))
    drawn = flat.reshape(count // args.each, args.each, side, side, 3)
    photos = [photo for photo in read_photos(args.photos) if photo.split == "train"]
    clothes = load_squeezed([photo.path for photo in photos], 144)

    begin = time.time()
    said = embedded(teacher, drawn[:, 0])
    said_of_clothes = embedded(teacher, clothes)
    alike = hardest(said, 48)
    bank = said.clone()
    print(f"{time.time() - begin:.0f}s targets of {len(drawn)} garments, {len(clothes)} photographs", flush=True)

    optim = torch.optim.AdamW(tower.parameters(), lr=args.rate, betas=(0.9, 0.98), weight_decay=0.01)
    begin, step = time.time(), 0
    while (progress := (time.time() - begin) / (60 * args.minutes)) < 1:
        warm = min(1.0, (step + 1) / 100)
        for group in optim.param_groups:
            group["lr"] = args.rate * warm * (0.5 + 0.5 * math.cos(math.pi * progress)) + 1e-6
        # Half of them are neighbours of one another, so that a step has to tell like from like.
        first = rng.integers(0, len(drawn), args.garments // 4)
        near = alike[first][:, rng.integers(0, 48, 3)].numpy()
        pick = np.unique(np.concatenate([first, near.ravel()]))
        of_photos = rng.integers(0, len(clothes), args.clothes)
        wild = drawn[pick, rng.integers(1, args.each, len(pick))]
        x = torch.cat([
            resized(drawn[pick, 0]),
            seen_again(wild, rng, 0.7, 12, 0.12),
            seen_again(clothes[of_photos], rng, 0.55, 12, 0.2),
        ])
        z = tower(x)
        shop, home, photo = z.split([len(pick), len(pick), args.clothes])
        with torch.no_grad():
            bank[pick] = shop
            others = torch.from_numpy(np.unique(alike[pick][:, :24].numpy().ravel()))
            others = others[~torch.isin(others, torch.from_numpy(pick))]
        right = torch.arange(len(pick))
        logits = home @ torch.cat([shop, bank[others]]).T / args.temperature
        back = shop @ home.T / args.temperature
        seen = photo @ said_of_clothes.T / args.temperature
        losses = {
            "told": F.cross_entropy(logits, right) + 0.5 * F.cross_entropy(back, right),
            "shop": 3.0 * (1 - (shop * said[pick]).sum(1)).mean(),
            "home": 1.0 * (1 - (home * said[pick]).sum(1)).mean(),
            "photo": 5.0 * (1 - (photo * said_of_clothes[of_photos]).sum(1)).mean(),
            "own": 0.5 * F.cross_entropy(seen, torch.from_numpy(of_photos)),
        }
        optim.zero_grad(set_to_none=True)
        sum(losses.values()).backward()
        nn.utils.clip_grad_norm_(tower.parameters(), 2.0)
        optim.step()
        step += 1
        with torch.no_grad():
            keep = min(0.998, step / (step + 20))
            for ours, theirs in zip(average.parameters(), tower.parameters()):
                ours.lerp_(theirs, 1 - keep)
        if step % 25 == 0:
            first_right = (logits.argmax(1) == right).float().mean()
            words = " ".join(f"{k} {float(v.detach()):.3f}" for k, v in losses.items())
            print(f"{time.time() - begin:.0f}s step {step} right {first_right:.3f} {words}", flush=True)
        if step % 300 == 0:
            save(average, state, args)
    save(average, state, args)


def save(tower: Tower, state: dict[str, Tensor], args: argparse.Namespace) -> None:
    """The bundle with the trained tower, as f16."""
    args.out.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "preprocessor_config.json", "tokenizer.json"):
        shutil.copyfile(args.bundle / name, args.out / name)
    tensors = {k: v.to(torch.float16).contiguous() for k, v in {**state, **tower.tensors()}.items()}
    save_file(tensors, args.out / "model.safetensors", metadata={"format": "pt"})


if __name__ == "__main__":
    main()
