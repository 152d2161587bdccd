"""Photographs and rendered garments as arrays in memory, and views of them.

A *view* is a 2x3 affine matrix in the normalised coordinates of the whole
picture (both axes run from -1 to 1), as `torch.nn.functional.affine_grid` takes
it. The same matrix gives the teacher its 224-pixel picture and the student its
smaller one, so what the teacher said holds for what the student sees.
"""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageFilter, ImageOps
from torch import Tensor

LABELS = [
    "T-Shirt", "Longsleeve", "Pants", "Shoes", "Shirt", "Dress", "Outwear", "Shorts",
    "Hat", "Skirt", "Polo", "Blazer", "Hoodie", "Undershirt", "Body", "Top", "Blouse",
]
"""The labels that mean something; `Not sure`, `Other` and `Skip` do not."""

SIDES = ["studio", "again", "wild"]
"""How every garment is seen in what `knytt-garments views` writes."""

PIXEL_MEAN = (0.5, 0.5, 0.5)
PIXEL_STD = (0.25, 0.25, 0.25)


@dataclass
class Photo:
    """One row of photos.csv."""

    id: str
    path: Path
    label: str
    kids: bool
    sender: str
    split: str

    @property
    def label_index(self) -> int:
        """Place in LABELS, or -1 where the label says nothing."""
        return LABELS.index(self.label) if self.label in LABELS else -1


def read_photos(folder: Path) -> list[Photo]:
    with open(folder / "photos.csv", newline="", encoding="utf-8") as file:
        return [
            Photo(r["id"], folder / r["image"], r["label"], r["kids"] == "True", r["sender"], r["split"])
            for r in csv.DictReader(file)
        ]


def open_rgb(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return ImageOps.exif_transpose(image).convert("RGB")


def squeeze(image: Image.Image, size: int) -> np.ndarray:
    """The whole picture as size x size, aspect not kept: uint8 [size, size, 3]."""
    return np.asarray(image.resize((size, size), Image.Resampling.BICUBIC))


def load_squeezed(paths: list[Path], size: int) -> np.ndarray:
    out = np.empty((len(paths), size, size, 3), np.uint8)
    for i, path in enumerate(paths):
        out[i] = squeeze(open_rgb(path), size)
    return out


def taken_again(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A part of 60 to 100 % of the area, blurred, with a cast of colour, as JPEG of
    quality 40: what `knytt eval --again` asks with."""
    area = rng.uniform(0.6, 1)
    across = rng.uniform(area, 1)
    w, h = max(1, int(image.width * across)), max(1, int(image.height * area / across))
    x, y = rng.integers(0, image.width - w + 1), rng.integers(0, image.height - h + 1)
    part = image.crop((x, y, x + w, y + h))
    part.thumbnail((512, 512), Image.Resampling.BILINEAR)
    part = part.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 2) * max(part.size) / 512))
    cast = (np.asarray(part, np.float32) * rng.uniform(0.8, 1.2, 3)).clip(0, 255)
    file = io.BytesIO()
    Image.fromarray(cast.astype(np.uint8)).save(file, "JPEG", quality=40)
    return Image.open(file).convert("RGB")


@dataclass
class Rendered:
    """What the garment renderer wrote: pictures and one caption line for each."""

    images: np.ndarray  # uint8 [n, size, size, 3]
    rows: list[dict]


def read_rendered(folder: Path) -> Rendered:
    with open(folder / "captions.jsonl", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file if line.strip()]
    flat = np.memmap(folder / "images.bin", np.uint8, "r")
    size = math.isqrt(flat.size // (len(rows) * 3))
    return Rendered(flat.reshape(len(rows), size, size, 3), rows)


def read_sides(folders: list[Path]) -> Rendered:
    """What `knytt-garments views` wrote to some folders, as if to one: the pictures
    of garment g are the rows 3 g (studio), 3 g + 1 (again) and 3 g + 2 (wild)."""
    parts = [read_rendered(folder) for folder in folders]
    for part in parts:
        for at, row in enumerate(part.rows):
            assert (row["garment"], row["view"]) == (at // 3, SIDES[at % 3]), at
    return Rendered(np.concatenate([p.images for p in parts]), [row for p in parts for row in p.rows])


def random_views(n: int, rng: np.random.Generator, min_area: float = 0.3, turn: float = 15.0) -> np.ndarray:
    """n random crops (area, aspect, place), turned a little and flipped by half."""
    area = rng.uniform(min_area, 1.0, n)
    aspect = np.exp(rng.uniform(-0.3, 0.3, n))
    w = np.minimum(np.sqrt(area * aspect), 1.0)
    h = np.minimum(np.sqrt(area / aspect), 1.0)
    cx, cy = rng.uniform(-1, 1, n) * (1 - w), rng.uniform(-1, 1, n) * (1 - h)
    flip = np.where(rng.random(n) < 0.5, -1.0, 1.0)
    a = np.deg2rad(rng.normal(0, turn / 2, n).clip(-turn, turn))
    theta = np.zeros((n, 2, 3), np.float32)
    theta[:, 0, 0], theta[:, 0, 1], theta[:, 0, 2] = w * np.cos(a) * flip, -h * np.sin(a), cx
    theta[:, 1, 0], theta[:, 1, 1], theta[:, 1, 2] = w * np.sin(a) * flip, h * np.cos(a), cy
    return theta


def whole_view() -> np.ndarray:
    return np.array([[1, 0, 0], [0, 1, 0]], np.float32)


def take_views(images: Tensor, theta: Tensor, size: int) -> Tensor:
    """uint8 [n, h, w, 3] -> float [n, 3, size, size] in 0..1."""
    x = images.permute(0, 3, 1, 2).float().div_(255)
    grid = F.affine_grid(theta, [len(x), 3, size, size], align_corners=False)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="reflection", align_corners=False)


def shrink(images: np.ndarray, size: int) -> np.ndarray:
    """All pictures at another size, with antialiasing."""
    if images.shape[1] == size:
        return np.ascontiguousarray(images)
    out = np.empty((len(images), size, size, 3), np.uint8)
    for lo in range(0, len(images), 256):
        x = torch.from_numpy(np.array(images[lo : lo + 256])).permute(0, 3, 1, 2)
        y = F.interpolate(x, size=(size, size), mode="bilinear", antialias=True)
        out[lo : lo + 256] = y.permute(0, 2, 3, 1).numpy()
    return out


def normalise(x: Tensor) -> Tensor:
    mean = torch.tensor(PIXEL_MEAN).view(1, 3, 1, 1)
    std = torch.tensor(PIXEL_STD).view(1, 3, 1, 1)
    return (x - mean) / std


def _scale(n: int, spread: float) -> Tensor:
    return torch.empty(n, 1, 1, 1).uniform_(1 - spread, 1 + spread)


def jitter(x: Tensor, spread: float) -> Tensor:
    """Light, contrast, saturation, a warm or cold cast, blur, noise and erased
    patches. Hue names survive: no hue turn, and the cast is slight."""
    n = len(x)
    x = x * _scale(n, spread)
    mean = x.mean((1, 2, 3), keepdim=True)
    x = (x - mean) * _scale(n, spread) + mean
    grey = (x * torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)).sum(1, keepdim=True)
    x = grey + (x - grey) * _scale(n, spread)
    x = x * (1 + spread * torch.empty(n, 3, 1, 1).uniform_(-0.2, 0.2))
    soft = torch.rand(n) < 0.2
    if soft.any():
        x[soft] = F.avg_pool2d(F.pad(x[soft], (1, 1, 1, 1), mode="replicate"), 3, 1)
    rough = torch.rand(n) < 0.2
    if rough.any():
        x[rough] = x[rough] + torch.randn_like(x[rough]) * 0.04
    return erase(x.clamp_(0, 1), 0.3)


def erase(x: Tensor, chance: float) -> Tensor:
    """A rectangle of one colour over a tenth or so of some pictures."""
    size = x.shape[-1]
    for i in torch.nonzero(torch.rand(len(x)) < chance).flatten().tolist():
        h, w = (int(size * s) for s in torch.empty(2).uniform_(0.15, 0.45).tolist())
        top, left = int(torch.randint(0, size - h, ())), int(torch.randint(0, size - w, ()))
        x[i, :, top : top + h, left : left + w] = torch.rand(3, 1, 1)
    return x
