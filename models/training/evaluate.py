"""Measures an exported bundle, from its own files alone.

    python evaluate.py --bundle DIR [--photos DIR] [--groceries DIR] [--rendered DIR] [--bootstrap 1000]

Photographs: the queries are the `val` rows, the gallery the `train` rows, both
without `Not sure`, `Other` and `Skip`; senders do not overlap. Cosine. The gallery was
trained on, so `among_val` asks the val photographs among each other as well.
Groceries: the `val` photographs of goods against the `train` ones, and against one iconic picture of each kind of
good: is the own one first, and in the first five.
Words: a photo's label is the argmax over 17 prompts "a photo of a <label>".
Rendered: a shop of 10,000 pictures that no training has seen, and a shopper who
types "<colour> <category>" in plain names. For each such pair that at least `--least`
pictures show, how many of the ten best are of that main colour and that category;
the mean over the pairs. Twenty is the least because with about ten right ones in the
shop, ten out of ten would need every one of them, which asks for recall and not for
a good first page; a guess is right in well under 1 %. Make the shop with
`knytt-garments train --count 10000 --seed S --size 160`, S not trained on.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor
from transformers import CLIPTextConfig, CLIPTextModel

from captions import encode
from data import LABELS, open_rgb, read_photos, read_rendered
from efficientnet_lite import Tower
from towers import folded_maps, moments


class OneTower:
    """An image tower with its heads. `tensors`: by their names without what stands before the tower's."""

    def __init__(self, vision: dict, tensors: dict[str, Tensor]) -> None:
        self.vision, self.tensors = vision, tensors
        self.tower = None
        if vision["model_type"] == "knytt_efficientnet_lite":
            own = {k.removeprefix("vision_model."): v for k, v in tensors.items() if k.startswith("vision_model.")}
            self.tower = Tower(vision, own).eval()

    @torch.no_grad()
    def maps(self, pixels: Tensor) -> list[Tensor]:
        """What the image tower keeps of its maps, the last one last."""
        return self.tower(pixels) if self.tower else folded_maps(self.tensors, self.vision, pixels)

    def two_layers(self, read: Tensor, hidden: str, out: str) -> Tensor:
        inner = F.relu(read @ self.tensors[f"{hidden}.weight"].T + self.tensors[f"{hidden}.bias"])
        return inner @ self.tensors[f"{out}.weight"].T

    def images(self, maps: list[Tensor]) -> Tensor:
        if "visual_hidden.weight" in self.tensors:
            return self.two_layers(moments(maps), "visual_hidden", "visual_projection")
        return maps[-1].mean((2, 3)) @ self.tensors["visual_projection.weight"].T

    def identities(self, maps: list[Tensor]) -> Tensor | None:
        """None if the tower has no such head."""
        if "identity_head.out.weight" not in self.tensors:
            return None
        return self.two_layers(moments(maps), "identity_head.hidden", "identity_head.out")


class SideBySide:
    """Towers whose unit vectors, one after the other, go through one projection."""

    def __init__(self, vision: dict, tensors: dict[str, Tensor]) -> None:
        self.projection, self.parts = tensors["visual_projection.weight"], []
        for n, config in enumerate(vision["towers"]):
            at = f"towers.{n}."
            own = {k.removeprefix(at): v for k, v in tensors.items() if k.startswith(at)}
            self.parts.append((OneTower(config, own), vision["image_size"] // config["image_size"]))

    @torch.no_grad()
    def maps(self, pixels: Tensor) -> list[list[Tensor]]:
        """Of each tower; a smaller one reads means of pixels."""
        return [tower.maps(F.avg_pool2d(pixels, by) if by > 1 else pixels) for tower, by in self.parts]

    def images(self, maps: list[list[Tensor]]) -> Tensor:
        units = [F.normalize(tower.images(own), dim=1) for (tower, _), own in zip(self.parts, maps)]
        return torch.cat(units, 1) @ self.projection.T

    def identities(self, maps: list[list[Tensor]]) -> Tensor:
        given = [tower.identities(own) for (tower, _), own in zip(self.parts, maps)]
        return torch.cat([F.normalize(part, dim=1) for part in given if part is not None], 1)


class Bundle:
    """A bundle read from its folder: f16 weights, f32 arithmetic."""

    def __init__(self, folder: Path) -> None:
        self.config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.pre = json.loads((folder / "preprocessor_config.json").read_text(encoding="utf-8"))
        self.tensors = {k: v.float() for k, v in load_file(folder / "model.safetensors").items()}
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        text = dict(self.config["text_config"])
        self.length = text["max_position_embeddings"]
        vision = self.config["vision_config"]
        kind = SideBySide if "towers" in vision else OneTower
        self.tower = kind(vision, self.tensors)
        self.text_model = CLIPTextModel(CLIPTextConfig(**text)).eval()
        own = self.text_model.state_dict()
        prefix = "" if any(k.startswith("text_model.") for k in own) else "text_model."
        state = {k: self.tensors[prefix + k] for k in own if not k.endswith("position_ids")}
        missing, unexpected = self.text_model.load_state_dict(state, strict=False)
        assert not unexpected and all(k.endswith("position_ids") for k in missing), missing

    def pixels(self, image: Image.Image) -> np.ndarray:
        """PIL picture to float [3, h, w], as preprocessor_config.json says."""
        size = self.pre["size"]
        if "shortest_edge" in size:
            w, h = image.size
            short = size["shortest_edge"]
            if w < h:
                target = (short, int(short * h / w))
            else:
                target = (int(short * w / h), short)
            image = image.resize(target, Image.Resampling.BICUBIC)
        else:
            image = image.resize((size["width"], size["height"]), Image.Resampling.BICUBIC)
        if self.pre["do_center_crop"]:
            ch, cw = self.pre["crop_size"]["height"], self.pre["crop_size"]["width"]
            left, top = (image.size[0] - cw) // 2, (image.size[1] - ch) // 2
            image = image.crop((left, top, left + cw, top + ch))
        x = np.asarray(image, np.float32) * self.pre["rescale_factor"]
        x = (x - np.array(self.pre["image_mean"])) / np.array(self.pre["image_std"])
        return x.transpose(2, 0, 1).astype(np.float32)

    def raw_images(self, pixels: Tensor) -> Tensor:
        return self.tower.images(self.tower.maps(pixels))

    def raw_identities(self, pixels: Tensor) -> Tensor:
        return self.tower.identities(self.tower.maps(pixels))

    def images(self, pictures: list[Path] | np.ndarray, batch: int = 64) -> np.ndarray:
        out = []
        for lo in range(0, len(pictures), batch):
            part = pictures[lo : lo + batch]
            opened = [open_rgb(p) if isinstance(p, Path) else Image.fromarray(p) for p in part]
            x = torch.from_numpy(np.stack([self.pixels(im) for im in opened]))
            out.append(F.normalize(self.raw_images(x), dim=1).numpy())
        return np.concatenate(out)

    @torch.no_grad()
    def raw_texts(self, ids: Tensor) -> Tensor:
        return self.text_model(input_ids=ids).pooler_output @ self.tensors["text_projection.weight"].T

    def texts(self, texts: list[str]) -> np.ndarray:
        ids = torch.tensor(encode(self.tokenizer, texts, self.length))
        return F.normalize(self.raw_texts(ids), dim=1).numpy()


def retrieval(query: np.ndarray, gallery: np.ndarray, yq: np.ndarray, yg: np.ndarray) -> dict[str, np.ndarray]:
    """Per query: is the nearest right, precision at 10, average precision."""
    order = np.argsort(-(query @ gallery.T), axis=1, kind="stable")
    hit = yg[order] == yq[:, None]
    rank = np.arange(1, len(yg) + 1)
    ap = ((np.cumsum(hit, 1) / rank) * hit).sum(1) / np.maximum(hit.sum(1), 1)
    return {"one_nn": hit[:, 0].astype(float), "precision_at_10": hit[:, :10].mean(1), "map": ap}


def among_strangers(vectors: np.ndarray, label: np.ndarray, senders: np.ndarray) -> dict[str, float]:
    """Retrieval where the gallery, too, is of people not trained on: each picture
    asked among the other senders' pictures alone."""
    per = []
    for i in range(len(label)):
        other = senders != senders[i]
        per.append(retrieval(vectors[i : i + 1], vectors[other], label[i : i + 1], label[other]))
    return {k: float(np.mean([m[k][0] for m in per])) for k in per[0]}


def photo_measures(bundle: Bundle, folder: Path, rounds: int) -> dict:
    photos = [p for p in read_photos(folder) if p.label_index >= 0]
    vectors = bundle.images([p.path for p in photos])
    label = np.array([p.label_index for p in photos])
    val = np.array([p.split == "val" for p in photos])
    yq = label[val]
    per = retrieval(vectors[val], vectors[~val], yq, label[~val])
    for name, template in [("prompt", "a photo of a {}"), ("prompt_bare", "{}")]:
        prompts = bundle.texts([template.format(w.lower()) for w in LABELS])
        per[name] = ((vectors[val] @ prompts.T).argmax(1) == yq).astype(float)
    out = {"queries": int(val.sum()), "gallery": int((~val).sum())}
    out.update({k: float(v.mean()) for k, v in per.items()})
    out["macro_one_nn"] = float(np.mean([per["one_nn"][yq == k].mean() for k in np.unique(yq)]))
    senders = np.array([p.sender for p in photos])[val]
    groups = [np.nonzero(senders == s)[0] for s in np.unique(senders)]
    rng = np.random.default_rng(0)
    draws = {k: [] for k in per}
    for _ in range(rounds):
        rows = np.concatenate([groups[i] for i in rng.integers(0, len(groups), len(groups))])
        for k, v in per.items():
            draws[k].append(v[rows].mean())
    out["senders"] = len(groups)
    out["among_val"] = among_strangers(vectors[val], yq, senders)
    out["bootstrap_5_95"] = {k: [float(np.quantile(v, 0.05)), float(np.quantile(v, 0.95))] for k, v in draws.items() if v}
    out["by_label"] = {
        LABELS[k]: {"queries": int((yq == k).sum()), **{m: round(float(per[m][yq == k].mean()), 3) for m in per}}
        for k in np.unique(yq)
    }
    return out


def iconic_measures(photos: np.ndarray, iconic: np.ndarray, own: np.ndarray) -> dict[str, float]:
    """Unit vectors; `own`: the place of each photograph's iconic picture."""
    scores = photos @ iconic.T
    before = (scores > scores[np.arange(len(own)), own][:, None]).sum(1)
    return {"first": float((before == 0).mean()), "in_five": float((before < 5).mean())}


def grocery_measures(bundle: Bundle, folder: Path) -> dict:
    with open(folder / "photos.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with open(folder / "iconic.csv", newline="", encoding="utf-8") as file:
        shown = list(csv.DictReader(file))
    titles = [row["title"] for row in shown]
    own = np.array([titles.index(row["label"]) for row in rows])
    val = np.array([row["split"] == "val" for row in rows])
    photos, iconic = (bundle.images([folder / row["image"] for row in table]) for table in (rows, shown))
    per = retrieval(photos[val], photos[~val], own[val], own[~val])
    return {"queries": int(val.sum()), "one_nn": float(per["one_nn"].mean())} | iconic_measures(photos[val], iconic, own[val])


def rendered_measures(bundle: Bundle, folder: Path, least: int) -> dict:
    rendered = read_rendered(folder)
    vectors = bundle.images(np.asarray(rendered.images))
    shown = [(r["color"], r["category"]) for r in rendered.rows]
    pairs = sorted(p for p, n in Counter(shown).items() if n >= least)
    text = bundle.texts([f"{c} {k}" for c, k in pairs])
    order = np.argsort(-(text @ vectors.T), axis=1, kind="stable")[:, :10]
    both, colour, kind = [], [], []
    for (c, k), best in zip(pairs, order):
        both.append(np.mean([shown[i] == (c, k) for i in best]))
        colour.append(np.mean([shown[i][0] == c for i in best]))
        kind.append(np.mean([shown[i][1] == k for i in best]))
    by_colour = {c: round(float(np.mean([b for b, p in zip(both, pairs) if p[0] == c])), 2) for c in sorted({p[0] for p in pairs})}
    by_kind = {k: round(float(np.mean([b for b, p in zip(both, pairs) if p[1] == k])), 2) for k in sorted({p[1] for p in pairs})}
    return {
        "pictures": len(shown), "queries": len(pairs), "least": least,
        "precision_at_10": float(np.mean(both)), "colour_right": float(np.mean(colour)), "kind_right": float(np.mean(kind)),
        "by_colour": by_colour, "by_kind": by_kind,
    }


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--bundle", type=Path, required=True)
    p.add_argument("--photos", type=Path)
    p.add_argument("--groceries", type=Path)
    p.add_argument("--rendered", type=Path)
    p.add_argument("--least", type=int, default=20)
    p.add_argument("--bootstrap", type=int, default=1000)
    p.add_argument("--threads", type=int, default=2)
    args = p.parse_args()
    torch.set_num_threads(args.threads)
    bundle = Bundle(args.bundle)
    out = {}
    if args.photos:
        out["photos"] = photo_measures(bundle, args.photos, args.bootstrap)
    if args.groceries:
        out["groceries"] = grocery_measures(bundle, args.groceries)
    if args.rendered:
        out["rendered"] = rendered_measures(bundle, args.rendered, args.least)
    print(json.dumps(out, indent=1))


if __name__ == "__main__":
    main()
