"""Heads over a resting EfficientNet-Lite: words and kinds (256 values), single products (128 values).

    python features.py --onnx embedding.onnx --out F --photos DIR --groceries DIR
    python features.py --onnx embedding.onnx --out F --rendered DIR [DIR]
    python heads.py --features F --onnx embedding.onnx --photos DIR --groceries DIR --init models/starter
                    [--rendered DIR --rendered-val DIR] [--steps 1500] [--seed 1] --out DIR

Each head is two layers over the means and deviations of all maps of the tower, which was trained on ImageNet and
stays as it is; the text tower goes on from --init, and the heads too where that bundle has such. Trained by the recipe of `train.py`: supervised contrastive, words
by InfoNCE in which several captions may fit a picture, prompts by cross-entropy. Of groceries, also each photograph
against all iconic pictures. A part of the loss holds the neighbourhoods of the untouched network, so that pictures of
other things stay apart.

Prints what `measure` finds on the val photographs, for the heads and, unless --init has such, for the untouched network
(its pooled features).
With --out, writes a bundle.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn

import captions as words
from captions import Facts
from colour import garment_colours
from data import LABELS, load_squeezed, read_photos, read_rendered
from efficientnet_lite import PIXEL_MEAN, PIXEL_STD, folded_from_onnx, shape_of
from evaluate import among_strangers, iconic_measures, retrieval
from export import write_bundle
from teacher import supcon
from towers import DualEncoder, VisionShape, text_config
from train import Pool, Trainer, caption_for, pair_loss, photo_facts, relation_loss, rendered_facts

DIM, INSTANCE = 256, 128
HEAD_WIDTH = 1280


def load(folder: Path, name: str) -> Tensor:
    """[n, views, moments]."""
    return torch.from_numpy(np.load(folder / f"{name}.npy").astype(np.float32))


def pooled(moments: Tensor) -> Tensor:
    """The means of the head's map: what the untouched network compares."""
    return moments[..., -2 * HEAD_WIDTH : -HEAD_WIDTH]


class MomentsHead(nn.Module):
    """Two layers over moments, each by its own mean and spread."""

    def __init__(self, seen: Tensor, hidden: int, size: int, drop: float) -> None:
        super().__init__()
        self.register_buffer("mean", seen.mean(0))
        self.register_buffer("spread", seen.std(0) + 1e-3)
        self.hidden, self.out = nn.Linear(seen.shape[1], hidden), nn.Linear(hidden, size, bias=False)
        self.drop = drop

    @torch.no_grad()
    def take(self, state: dict[str, Tensor], hidden: str, out: str) -> None:
        """Goes on from what `folded` gave."""
        weight = state[f"{hidden}.weight"].float()
        self.hidden.weight.copy_(weight * self.spread)
        self.hidden.bias.copy_(state[f"{hidden}.bias"].float() + weight @ self.mean)
        self.out.weight.copy_(state[f"{out}.weight"].float())

    def forward(self, x: Tensor) -> Tensor:
        x = F.dropout(((x - self.mean) / self.spread).clamp(-6, 6), self.drop, self.training)
        return F.normalize(self.out(F.relu(self.hidden(x))), dim=1)

    def folded(self, hidden: str, out: str) -> dict[str, Tensor]:
        weight = self.hidden.weight.detach() / self.spread
        bias = self.hidden.bias.detach() - weight @ self.mean
        return {f"{hidden}.weight": weight, f"{hidden}.bias": bias, f"{out}.weight": self.out.weight.detach()}


class Data:
    """Moments and what is known of the pictures."""

    def __init__(self, args: argparse.Namespace) -> None:
        folder = args.features
        self.clothes, self.goods, iconic = (load(folder, n) for n in ("clothing", "groceries", "iconic"))
        self.iconic = iconic
        photos = read_photos(args.photos)
        self.label = np.array([p.label_index for p in photos])
        self.sender = np.array([p.sender for p in photos])
        self.is_val = np.array([p.split == "val" for p in photos])
        file = folder / "colours.json"
        if not file.exists():
            images = load_squeezed([p.path for p in photos], 96)
            file.write_text(json.dumps([garment_colours(image) for image in images]))
        shares = json.loads(file.read_text())
        self.facts = [photo_facts(p.label, p.kids, s) for p, s in zip(photos, shares)]
        with open(args.groceries / "photos.csv", newline="", encoding="utf-8") as table:
            rows = list(csv.DictReader(table))
        with open(args.groceries / "iconic.csv", newline="", encoding="utf-8") as table:
            self.titles = [row["title"] for row in csv.DictReader(table)]
        self.good = np.array([self.titles.index(row["label"]) for row in rows])
        kind_of = {row["label"]: row["kind"] for row in rows}
        self.kinds = [kind_of[title] for title in self.titles]
        self.good_is_val = np.array([row["split"] == "val" for row in rows])


def measure(data: Data, embed, instances=None) -> dict[str, float]:
    """`embed`: moments to unit vectors. `instances`: the same for single products, if they have vectors of their own."""
    with torch.no_grad():
        clothes, goods, iconic = (embed(x[:, 0]).numpy() for x in (data.clothes, data.goods, data.iconic))
        single = [(instances or embed)(x[:, 0]).numpy() for x in (data.goods, data.iconic)]
    known, val = data.label >= 0, data.is_val
    query, gallery = known & val, known & ~val
    per = retrieval(clothes[query], clothes[gallery], data.label[query], data.label[gallery])
    asked = data.label[query]
    out = {f"clothes {k}": float(v.mean()) for k, v in per.items()}
    out["clothes macro"] = float(np.mean([per["one_nn"][asked == k].mean() for k in np.unique(asked)]))
    out |= {f"strangers {k}": v for k, v in among_strangers(clothes[query], asked, data.sender[query]).items()}
    v = data.good_is_val
    per = retrieval(goods[v], goods[~v], data.good[v], data.good[~v])
    out["groceries one_nn"] = float(per["one_nn"].mean())
    for name, (photo, shown) in [("iconic", (goods[v], iconic)), ("iconic by instance", (single[0][v], single[1]))]:
        out |= {f"{name} {k}": share for k, share in iconic_measures(photo, shown, data.good[v]).items()}
    return {k: round(v, 3) for k, v in out.items()}


class HeadTrainer(Trainer):
    """What `train.py` says of words, over moments. Only what its word losses use is set."""

    def __init__(self, args: argparse.Namespace, data: Data) -> None:
        torch.manual_seed(args.seed)
        self.args, self.data = args, data
        self.rng, self.np_rng = random.Random(args.seed), np.random.default_rng(args.seed)
        self.tokenizer = Tokenizer.from_file(str(args.init / "tokenizer.json"))
        ids = self.tokenizer.token_to_id
        config = text_config(self.tokenizer.get_vocab_size(), ids(words.START), ids(words.END), DIM)
        model = DualEncoder(VisionShape(), config)
        state = {k: v.float() for k, v in load_file(args.init / "model.safetensors").items()}
        own = model.text_model.state_dict()
        prefix = "" if any(k.startswith("text_model.") for k in own) else "text_model."
        model.text_model.load_state_dict({k: state.get(prefix + k, v) for k, v in own.items()})
        with torch.no_grad():
            model.text_projection.weight.copy_(state["text_projection.weight"])
            model.logit_scale.copy_(state["logit_scale"])
        self.student = nn.Module()
        self.student.model = model
        self.rendered = self.load_drawn() if args.rendered else None
        seen = torch.cat([data.clothes[~data.is_val].flatten(0, 1), data.goods[~data.good_is_val].flatten(0, 1)])
        if self.rendered:
            seen = torch.cat([seen, self.drawn[:, 0]])
        self.head = MomentsHead(seen, args.hidden, DIM, args.drop)
        self.instances = MomentsHead(seen, args.hidden, INSTANCE, args.drop)
        self.centre = pooled(seen).mean(0)
        self.goes_on = "visual_hidden.weight" in state
        if self.goes_on:
            self.head.take(state, "visual_hidden", "visual_projection")
            self.instances.take(state, "identity_head.hidden", "identity_head.out")

    def load_drawn(self) -> Pool:
        rows = read_rendered(self.args.rendered).rows
        self.drawn = load(self.args.features, self.args.rendered.name)
        facts, labels = zip(*(rendered_facts(row) for row in rows))
        pool = Pool(np.empty(0), list(facts), np.array(labels))
        pool.category_names = sorted({row["category"] for row in rows})
        pool.colour_names = sorted({row["color"] for row in rows})
        pool.category = np.array([pool.category_names.index(row["category"]) for row in rows])
        pool.colour = np.array([pool.colour_names.index(row["color"]) for row in rows])
        return pool

    def near(self, z: Tensor, x: Tensor) -> Tensor:
        """Neighbours should be those of the untouched network."""
        return relation_loss(z, pooled(x) - self.centre)

    def of_clothes(self, n: int) -> dict[str, Tensor]:
        data, scale = self.data, self.student.model.logit_scale.exp()
        pick = self.np_rng.choice(len(data.label), n, p=self.weight)
        view = self.np_rng.integers(0, data.clothes.shape[1], n)
        x = data.clothes[pick, view]
        z, y = self.head(x), torch.from_numpy(data.label[pick])
        facts = [data.facts[i] for i in pick]
        claims, texts = zip(*(caption_for(f, self.rng, False) for f in facts))
        prompts = [words.say(Facts(k), self.rng, plain=0.6) for k in LABELS]
        t = self.encode([*texts, *prompts])
        yes, unknown = words.agree(list(claims), facts)
        pair = pair_loss(z, t[:n], scale, torch.from_numpy(yes), torch.from_numpy(unknown))
        known = y >= 0
        prompt = F.cross_entropy((z @ t[n:].T * scale)[known], y[known], label_smoothing=0.1)
        return {"clothes": supcon(z, y), "pair": pair, "prompt": prompt, "near": self.near(z, x)}

    def of_goods(self, kinds: int, each: int) -> dict[str, Tensor]:
        data, scale = self.data, self.student.model.logit_scale.exp()
        chosen = self.np_rng.choice(len(data.titles), kinds, replace=False)
        pick = np.concatenate([self.np_rng.choice(self.places[k], each) for k in chosen])
        x = data.goods[pick, self.np_rng.integers(0, data.goods.shape[1], len(pick))]
        shown = data.iconic[np.arange(len(data.titles)), self.np_rng.integers(0, data.iconic.shape[1], len(data.titles))]
        y = torch.from_numpy(data.good[pick])
        z, iconic = self.head(x), self.head(shown)
        form = self.rng.choice(["{}", "{}", "a {}", "a photo of {}", "a photo of a {}"])
        t = self.encode([form.format(title.lower()) for title in data.titles])
        single, single_iconic = self.instances(x), self.instances(shown)
        return {
            "goods": supcon(z, y), "iconic": F.cross_entropy(z @ iconic.T / 0.1, y, label_smoothing=0.05),
            "title": F.cross_entropy(z @ t.T * scale, y, label_smoothing=0.1), "near_goods": self.near(z, x),
            "same_good": F.cross_entropy(single @ single_iconic.T / 0.1, y, label_smoothing=0.05) + supcon(single, y),
        }

    def of_same(self, n: int) -> dict[str, Tensor]:
        """Two views of one picture, told from all others."""
        a, b = [], []
        for x, some in [(self.data.clothes, self.train_clothes), (self.data.goods, self.train_goods)]:
            pick = self.np_rng.choice(some, n, replace=False)
            views = np.stack([self.np_rng.permutation(x.shape[1])[:2] for _ in pick])
            a.append(x[pick, views[:, 0]])
            b.append(x[pick, views[:, 1]])
        xa, xb = torch.cat(a), torch.cat(b)
        za, zb = self.instances(xa), self.instances(xb)
        logits, same = za @ zb.T / 0.05, torch.arange(2 * n)
        loss = (F.cross_entropy(logits, same) + F.cross_entropy(logits.T, same)) / 2
        return {"same": 0.5 * loss, "near_same": self.near(za, xa)}

    def of_drawn(self, n: int) -> dict[str, Tensor]:
        pick = self.np_rng.integers(0, len(self.drawn), n)
        z = self.head(self.drawn[pick, 0])
        named, pairs = self.named(z, pick, self.student.model.logit_scale.exp())
        return {"named": 0.6 * named, "pairs": 0.6 * pairs}

    def run(self) -> None:
        args, data = self.args, self.data
        train = (data.label >= 0) & ~data.is_val
        count = np.bincount(data.label[train], minlength=len(LABELS))
        self.weight = np.where(train, 1 / np.sqrt(np.maximum(count[data.label], 1)), 0.0)
        self.weight /= self.weight.sum()
        self.train_clothes, self.train_goods = np.nonzero(~data.is_val)[0], np.nonzero(~data.good_is_val)[0]
        self.places = [np.nonzero((data.good == k) & ~data.good_is_val)[0] for k in range(len(data.titles))]
        model = self.student.model
        text = [*model.text_model.parameters(), *model.text_projection.parameters(), model.logit_scale]
        heads = [*self.head.parameters(), *self.instances.parameters()]
        optimiser = torch.optim.AdamW([{"params": heads}, {"params": text, "lr": args.rate / 3}], args.rate, weight_decay=0.05)
        rates = [args.rate, args.rate / 3]
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rates, args.steps, pct_start=0.1)
        for step in range(args.steps):
            losses = self.of_clothes(args.batch) | self.of_goods(24, args.batch // 24) | self.of_same(args.batch // 2)
            if self.rendered:
                losses |= self.of_drawn(args.batch)
            weights = {"near": args.near, "near_goods": args.near, "near_same": args.near}
            loss = sum(weights.get(name, 1.0) * value for name, value in losses.items())
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_([*heads, *text], 5.0)
            optimiser.step()
            schedule.step()
            with torch.no_grad():
                model.logit_scale.clamp_(0, np.log(50))
            if step % 100 == 0:
                print(step, {k: round(v.item(), 3) for k, v in losses.items()}, flush=True)
        self.head.eval()
        self.instances.eval()

    @torch.no_grad()
    def measure_words(self) -> dict[str, float]:
        """Clothes by prompt; groceries by title."""
        data, out = self.data, {}
        for name, x, y, texts in [
            ("clothes by prompt", data.clothes[data.is_val, 0], data.label[data.is_val], [f"a photo of a {w.lower()}" for w in LABELS]),
            ("groceries by title", data.goods[data.good_is_val, 0], data.good[data.good_is_val], [t.lower() for t in data.titles]),
        ]:
            guess = (self.head(x) @ self.encode(texts).T).argmax(1).numpy()
            out[name] = round(float((guess == y)[y >= 0].mean()), 3)
        return out

    @torch.no_grad()
    def measure_drawn(self, folder: Path, least: int = 10) -> float:
        """P@10 of "<colour> <category>" over the pairs that at least `least` pictures show."""
        shown = [(row["color"], row["category"]) for row in read_rendered(folder).rows]
        z = self.head(load(self.args.features, folder.name)[:, 0])
        pairs = sorted(p for p in set(shown) if shown.count(p) >= least)
        t = self.encode([f"{colour} {category}" for colour, category in pairs])
        order = (t @ z.T).argsort(1, descending=True)[:, :10].tolist()
        return round(float(np.mean([[shown[i] == p for i in best] for p, best in zip(pairs, order)])), 3)

    def bundle_tensors(self, trunk: dict[str, Tensor]) -> dict[str, Tensor]:
        """All tensors by their names in the bundle, f16."""
        model = self.student.model
        out = {f"vision_model.{k}": v for k, v in trunk.items()}
        for name, value in model.text_model.state_dict().items():
            name = name.removeprefix("text_model.")
            if not name.endswith("position_ids"):
                out[f"text_model.{name}"] = value
        out |= self.head.folded("visual_hidden", "visual_projection")
        out |= self.instances.folded("identity_head.hidden", "identity_head.out")
        out["text_projection.weight"] = model.text_projection.weight
        out["logit_scale"] = model.logit_scale
        return {k: v.detach().to(torch.float16).contiguous() for k, v in out.items()}


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--features", "--onnx", "--photos", "--groceries", "--init"):
        p.add_argument(name, type=Path, required=True)
    p.add_argument("--rendered", type=Path)
    p.add_argument("--rendered-val", type=Path)
    p.add_argument("--out", type=Path)
    p.add_argument("--side", type=int, default=224)
    p.add_argument("--steps", type=int, default=1500)
    p.add_argument("--batch", type=int, default=96)
    p.add_argument("--hidden", type=int, default=768)
    p.add_argument("--drop", type=float, default=0.3)
    p.add_argument("--near", type=float, default=0.5, help="weight of the untouched network's neighbourhoods")
    p.add_argument("--rate", type=float, default=1e-3)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--f32", action="store_true", help="for processors without bf16 arithmetic")
    args = p.parse_args()
    torch.set_num_threads(args.threads)
    data = Data(args)
    trainer = HeadTrainer(args, data)
    if not trainer.goes_on:
        print("untouched", measure(data, lambda x: F.normalize(pooled(x), dim=1)), flush=True)
    trainer.run()
    print("heads", measure(data, trainer.head, trainer.instances), trainer.measure_words(), flush=True)
    if args.rendered_val:
        print("drawn, P@10 of colour and kind", trainer.measure_drawn(args.rendered_val), flush=True)
    if args.out:
        trunk = folded_from_onnx(args.onnx)
        heads = {"projection_hidden_size": args.hidden, "identity_dim": INSTANCE, "identity_hidden_size": args.hidden}
        text = trainer.student.model.text_model.config
        vision = shape_of(trunk, args.side) | heads
        write_bundle(args.out, trainer.bundle_tensors(trunk), trainer.tokenizer, text, vision, (PIXEL_MEAN, PIXEL_STD))


if __name__ == "__main__":
    main()
