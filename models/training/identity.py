"""Gives a finished bundle what tells one thing from others of its kind.

    python identity.py --bundle DIR --photos DIR --sides DIR [DIR ...] --val DIR

An embedding is trained to be alike for what is called alike, so another navy dress is as
near as the same one from another side. Here the towers rest, and two layers over what all
their maps show (means and deviations of channels: colours and edges are still in the early
ones) learn which pictures show one thing: the sides of drawn garments, each with a twin
that differs in a detail (`knytt-garments views`), and photographs taken again. Contrastive
with the whole batch (van den Oord et al. 2018, "Representation Learning with Contrastive
Predictive Coding", in both directions).

Writes `identity_head.hidden.weight` [hidden, moments], `.bias` [hidden] and
`identity_head.out.weight` [identity, hidden] into the bundle's model.safetensors, f16, and
`identity_dim` and `identity_hidden_size` into its config.json. What is measured is printed:
of --val (sides not trained on) each `again` and `wild` asked among all `studio`; of the val
photographs each taken again, among all.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from data import SIDES, Photo, normalise, open_rgb, read_photos, read_sides, squeeze, taken_again
from evaluate import Bundle
from towers import folded_maps, moments


def read_moments(bundle: Bundle, images: np.ndarray, batch: int = 64) -> Tensor:
    """uint8 [n, size, size, 3] to [n, moments]."""
    out = []
    for lo in range(0, len(images), batch):
        x = torch.from_numpy(np.asarray(images[lo : lo + batch])).permute(0, 3, 1, 2) / 255
        x = normalise(x).contiguous(memory_format=torch.channels_last)
        with torch.no_grad():
            out.append(moments(folded_maps(bundle.tensors, bundle.config["vision_config"], x)))
    return torch.cat(out)


def photographs(photos: list[Photo], size: int) -> np.ndarray:
    """Each photograph as it is and taken again twice, [3 n, size, size, 3]."""
    out = []
    for at, photo in enumerate(photos):
        rng, image = np.random.default_rng(at), open_rgb(photo.path)
        out += [squeeze(image, size), *(squeeze(taken_again(image, rng), size) for _ in range(2))]
    return np.stack(out)


class IdentityHead(nn.Module):
    """Two layers over moments, each by its own mean and spread among drawn things."""

    def __init__(self, seen: Tensor, hidden: int, size: int, drop: float) -> None:
        super().__init__()
        self.mean, self.spread = seen.mean(0), seen.std(0) + 1e-3
        self.hidden, self.out = nn.Linear(seen.shape[1], hidden), nn.Linear(hidden, size, bias=False)
        self.drop = drop

    def forward(self, x: Tensor) -> Tensor:
        x = F.dropout((x - self.mean) / self.spread, self.drop, self.training)
        return F.normalize(self.out(F.relu(self.hidden(x))), dim=1)

    def folded(self) -> dict[str, Tensor]:
        weight = self.hidden.weight.detach() / self.spread
        bias = self.hidden.bias.detach() - weight @ self.mean
        parts = {"hidden.weight": weight, "hidden.bias": bias, "out.weight": self.out.weight.detach()}
        return {f"identity_head.{k}": v.to(torch.float16).contiguous() for k, v in parts.items()}


def train(drawn: Tensor, photos: Tensor, args: argparse.Namespace) -> IdentityHead:
    """`drawn` [garments, sides, moments], twins after each other; `photos` [n, 3, moments]."""
    torch.manual_seed(args.seed)
    model = IdentityHead(drawn.flatten(0, 1), args.hidden, args.size, args.drop)
    log_scale = nn.Parameter(torch.tensor(3.0))
    optimiser = torch.optim.AdamW([*model.parameters(), log_scale], args.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, args.rate, args.steps, pct_start=0.1)
    views = [(0, 1), (0, 2), (1, 2)]
    for step in range(args.steps):
        pair = torch.randint(0, len(drawn) // 2, (args.pairs,))
        garments = torch.stack([2 * pair, 2 * pair + 1], 1).flatten()
        some = torch.randperm(len(photos))[: args.photographs]
        a, b = (torch.cat([drawn[garments, v], photos[some, v]]) for v in views[step % 3])
        logits = model(a) @ model(b).T * log_scale.exp().clamp(max=100)
        same = torch.arange(len(a))
        loss = (F.cross_entropy(logits, same) + F.cross_entropy(logits.T, same)) / 2
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 200 == 0:
            print(f"step {step}: loss {loss.item():.3f}, scale {log_scale.exp().item():.1f}", flush=True)
    return model.eval()


def found(query: Tensor, gallery: Tensor, own: np.ndarray) -> str:
    """The share of queries whose own picture is nearest, and among the five nearest."""
    scores = (query @ gallery.T).numpy()
    before = (scores > scores[np.arange(len(own)), own][:, None]).sum(1)
    return f"first {(before == 0).mean():.3f}, in five {(before < 5).mean():.3f} of {len(own)}"


@torch.no_grad()
def measure(model: IdentityHead, sides: Tensor, photos: Tensor, is_val: np.ndarray) -> None:
    drawn, own = model(sides.flatten(0, 1)).view(*sides.shape[:2], -1), np.arange(len(sides))
    for view in (1, 2):
        print(f"{SIDES[view]}, twins among all: {found(drawn[:, view], drawn[:, 0], own)}")
    taken, val = model(photos.flatten(0, 1)).view(*photos.shape[:2], -1), np.nonzero(is_val)[0]
    print(f"val photographs again: {found(taken[val, 1], taken[:, 0], val)}")


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--bundle", type=Path, required=True)
    p.add_argument("--photos", type=Path, required=True)
    p.add_argument("--sides", type=Path, nargs="+", required=True)
    p.add_argument("--val", type=Path, required=True)
    p.add_argument("--size", type=int, default=128, help="values of an identity")
    p.add_argument("--hidden", type=int, default=768, help="values between the layers")
    p.add_argument("--drop", type=float, default=0.1, help="share of the moments that is left out in training")
    p.add_argument("--steps", type=int, default=5000)
    p.add_argument("--pairs", type=int, default=256, help="garments with their twins, of a step")
    p.add_argument("--photographs", type=int, default=64, help="of a step")
    p.add_argument("--rate", type=float, default=1e-3)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--cache", type=Path, help="keeps the moments here")
    args = p.parse_args()
    torch.set_num_threads(args.threads)
    bundle = Bundle(args.bundle)
    size = bundle.config["vision_config"]["image_size"]

    def kept(name: str, images) -> Tensor:
        file = args.cache and args.cache / f"{name}.pt"
        read = torch.load(file) if file and file.exists() else read_moments(bundle, images())
        if file and not file.exists():
            torch.save(read, file)
        return read.unflatten(0, (-1, 3))

    listed = read_photos(args.photos)
    is_val = np.array([p.split == "val" for p in listed])
    photos = kept("photos", lambda: photographs(listed, size))
    drawn = torch.cat([kept(folder.name, lambda: read_sides([folder]).images) for folder in args.sides])
    model = train(drawn, photos[torch.from_numpy(~is_val)], args)
    measure(model, kept(args.val.name, lambda: read_sides([args.val]).images), photos, is_val)

    file, config = args.bundle / "model.safetensors", args.bundle / "config.json"
    save_file({**load_file(file), **model.folded()}, file, metadata={"format": "pt"})
    written = json.loads(config.read_text(encoding="utf-8"))
    written["vision_config"] |= {"identity_dim": args.size, "identity_hidden_size": args.hidden}
    config.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
