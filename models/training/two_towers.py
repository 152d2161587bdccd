"""Makes a starter of two resting towers side by side: the clothes' residual network and EfficientNet-Lite2.

    python two_towers.py --features F --onnx lite2.onnx --photos DIR --groceries DIR --first OLD_STARTER
                         --rendered DIR --rendered-val DIR [--steps 800] [--seed 1] [--fold] --out DIR

Each tower gives a unit vector: the first one by its own projection, as it stands in --first; EfficientNet-Lite2 by two
layers over the moments of its maps, which are trained here (`heads.py` has the losses). Side by side with equal
weights they have 512 values; a projection turns them to the 256 directions that pictures and texts use most. The text
tower goes on from the first bundle's: its old half is held to what it said before, its new half learns to
name what the new head shows. At the end titles of goods alone are learnt (--word-steps), while the head rests and all
other words are held.

The towers' features are read from --features (`features.py`); those of the first tower are computed once from the
halved pictures, as the bundle does it, and kept there as `NAME.first.npy`.

With --fold a fifth of the train senders and every fifth train photograph of the goods stay aside, and the new head is
measured on them along the way: this chooses --steps without the val photographs.
"""

from __future__ import annotations

import argparse
import copy
import csv
import random
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

import captions as words
from captions import Facts
from data import LABELS, PIXEL_MEAN, PIXEL_STD, load_squeezed, normalise, read_photos, read_rendered
from efficientnet_lite import folded_from_onnx, shape_of
from evaluate import Bundle, retrieval
from export import write_bundle
from heads import DIM, Data, HeadTrainer, MomentsHead, load, measure, pooled
from teacher import supcon
from towers import DualEncoder, VisionShape, text_config
from train import caption_for, pair_loss

SIDE = 224
SHARES = (0.5, 0.5)
"""Of a cosine, what each tower counts."""
NEW_HALF = 0.85
"""Of the new half of a text's vector. More of it names goods better, and drawn garments less well."""
WEIGHTS = torch.tensor([s**0.5 for s in SHARES]).repeat_interleave(DIM)


def first_vectors(bundle: Bundle, images: np.ndarray, batch: int = 64) -> np.ndarray:
    """Pictures, uint8 [n, s, s, 3], to the first tower's unit vectors, from the halved input of the second."""
    out = []
    for lo in range(0, len(images), batch):
        x = torch.from_numpy(np.array(images[lo : lo + batch])).permute(0, 3, 1, 2)
        if x.shape[-1] != SIDE:
            x = F.interpolate(x, size=(SIDE, SIDE), mode="bicubic", antialias=True)
        with torch.no_grad():
            out.append(F.normalize(bundle.raw_images(normalise(F.avg_pool2d(x / 255, 2, 2))), dim=1).numpy())
    return np.concatenate(out)


class Firsts:
    """The first tower's unit vectors of all pictures, [n, 256] each."""

    def __init__(self, args: argparse.Namespace, bundle: Bundle) -> None:
        def kept(name: str, images) -> Tensor:
            file = args.features / f"{name}.first.npy"
            if not file.exists():
                np.save(file, first_vectors(bundle, images()))
            return torch.from_numpy(np.load(file))

        def squeezed(table: str) -> np.ndarray:
            with open(args.groceries / table, newline="", encoding="utf-8") as rows:
                return load_squeezed([args.groceries / row["image"] for row in csv.DictReader(rows)], SIDE)

        photos = [p.path for p in read_photos(args.photos)]
        self.clothes = kept("clothing", lambda: load_squeezed(photos, SIDE))
        self.goods = kept("groceries", lambda: squeezed("photos.csv"))
        self.iconic = kept("iconic", lambda: squeezed("iconic.csv"))
        self.drawn, self.drawn_val = (
            kept(folder.name, lambda: read_rendered(folder).images) for folder in (args.rendered, args.rendered_val)
        )


class TwoTowersTrainer(HeadTrainer):
    """Trains the second tower's head and the text tower. Words are learnt against both towers together and against
    the second alone: the first has seen the train photographs before and leaves nothing to learn from them."""

    def __init__(self, args: argparse.Namespace, data: Data) -> None:
        torch.manual_seed(args.seed)
        self.args, self.data = args, data
        self.rng, self.np_rng = random.Random(args.seed), np.random.default_rng(args.seed)
        bundle = Bundle(args.first)
        self.tokenizer, self.old = bundle.tokenizer, bundle
        self.first = Firsts(args, bundle)
        ids = self.tokenizer.token_to_id
        config = text_config(self.tokenizer.get_vocab_size(), ids(words.START), ids(words.END), 2 * DIM)
        model = DualEncoder(VisionShape(), config)
        model.text_model.load_state_dict(bundle.text_model.state_dict())
        with torch.no_grad():
            old = bundle.tensors["text_projection.weight"]
            model.text_projection.weight.copy_(torch.cat([old, torch.randn_like(old) * old.std() * 0.3]))
            model.logit_scale.copy_(bundle.tensors["logit_scale"])
        self.student = nn.Module()
        self.student.model = model
        self.rendered = self.load_drawn()
        if args.fold:
            self.hold_out()
        seen = torch.cat([data.clothes[~data.is_val].flatten(0, 1), data.goods[~data.good_is_val].flatten(0, 1), self.drawn[:, 0]])
        self.head = MomentsHead(seen, args.hidden, DIM, args.drop)
        self.centre = pooled(seen).mean(0)
        self.alone, self.head_rests = False, False
        if args.init:
            self.go_on(load_file(args.init / "model.safetensors"))

    @torch.no_grad()
    def go_on(self, state: dict[str, Tensor]) -> None:
        """From an earlier result of this script."""
        state = {k: v.float() for k, v in state.items()}
        own = {k.removeprefix("towers.1."): v for k, v in state.items() if k.startswith("towers.1.")}
        self.head.take(own, "visual_hidden", "visual_projection")
        model = self.student.model
        texts = {k: state.get(f"text_model.{k.removeprefix('text_model.')}", v) for k, v in model.text_model.state_dict().items()}
        model.text_model.load_state_dict(texts)
        turn = state["visual_projection.weight"] / WEIGHTS
        model.text_projection.weight.copy_(turn.T @ state["text_projection.weight"])
        model.logit_scale.copy_(state["logit_scale"])

    def hold_out(self) -> None:
        """The held-out train pictures take the place of val ones."""
        data = self.data
        senders = np.unique(data.sender[~data.is_val])
        held = np.isin(data.sender, self.np_rng.permutation(senders)[: len(senders) // 5])
        self.real_val = data.is_val, data.good_is_val
        self.held = held & ~data.is_val, (np.arange(len(data.good)) % 5 == 0) & ~data.good_is_val
        data.is_val, data.good_is_val = data.is_val | self.held[0], data.good_is_val | self.held[1]

    def encode(self, texts: list[str]) -> Tensor:
        """Unit vectors of the texts: of both halves, or of the second alone."""
        t = super().encode(texts)
        return F.normalize(t[:, DIM:], dim=1) if self.alone else t

    def both(self, first: Tensor, second: Tensor) -> Tensor:
        return torch.cat([first, second], 1) * WEIGHTS

    def twice(self, losses, first: Tensor, second: Tensor) -> dict[str, Tensor]:
        """What `losses` says of both towers together and of the second alone."""
        out, ways = {}, [(False, self.both(first, second)), (True, second)]
        for self.alone, z in ways[: 1 if self.head_rests else 2]:
            out |= {f"{k} alone" if self.alone else k: v for k, v in losses(z).items()}
        self.alone = False
        return out

    def of_clothes(self, n: int) -> dict[str, Tensor]:
        data, scale = self.data, self.student.model.logit_scale.exp()
        pick = self.np_rng.choice(len(data.label), n, p=self.weight)
        x = data.clothes[pick, self.np_rng.integers(0, data.clothes.shape[1], n)]
        z, y = self.head(x), torch.from_numpy(data.label[pick])
        facts = [data.facts[i] for i in pick]
        claims, texts = zip(*(caption_for(f, self.rng, False) for f in facts))
        prompts = [words.say(Facts(k), self.rng, plain=0.6) for k in LABELS]
        yes, unknown = (torch.from_numpy(a) for a in words.agree(list(claims), facts))

        def said(z: Tensor) -> dict[str, Tensor]:
            t = self.encode([*texts, *prompts])
            pair = pair_loss(z, t[:n], scale, yes, unknown)
            return {"pair": 0.5 * pair, "prompt": 0.5 * F.cross_entropy(z @ t[n:].T * scale, y, label_smoothing=0.1)}

        return {"clothes": supcon(z, y), "near": self.near(z, x)} | self.twice(said, self.first.clothes[pick], z)

    def of_goods(self, kinds: int, each: int) -> dict[str, Tensor]:
        data, scale = self.data, self.student.model.logit_scale.exp()
        chosen = self.np_rng.choice(len(data.titles), kinds, replace=False)
        pick = np.concatenate([self.np_rng.choice(self.places[k], each) for k in chosen])
        x = data.goods[pick, self.np_rng.integers(0, data.goods.shape[1], len(pick))]
        shown = data.iconic[np.arange(len(data.titles)), self.np_rng.integers(0, data.iconic.shape[1], len(data.titles))]
        y, z, iconic = torch.from_numpy(data.good[pick]), self.head(x), self.head(shown)
        form = self.rng.choice(["{}", "{}", "a {}", "a photo of {}", "a photo of a {}"])

        def said(z: Tensor) -> dict[str, Tensor]:
            t = self.encode([form.format(title.lower()) for title in data.titles])
            return {"title": 0.5 * F.cross_entropy(z @ t.T * scale, y, label_smoothing=0.1)}

        losses = {
            "goods": supcon(z, y), "near_goods": self.near(z, x),
            "iconic": F.cross_entropy(z @ iconic.T / 0.1, y, label_smoothing=0.05),
        }
        return losses | self.twice(said, self.first.goods[pick], z)

    def of_drawn(self, n: int) -> dict[str, Tensor]:
        pick = self.np_rng.integers(0, len(self.drawn), n)

        def said(z: Tensor) -> dict[str, Tensor]:
            named, pairs = self.named(z, pick, self.student.model.logit_scale.exp())
            return {"named": 0.3 * named, "pairs": 0.3 * pairs}

        return self.twice(said, self.first.drawn[pick], self.head(self.drawn[pick, 0]))

    def of_old_words(self, n: int) -> dict[str, Tensor]:
        """The first half of a text's vector points where the first bundle's did; while the head rests, all of it
        where it did before."""
        pool, facts = self.rendered, [self.rng.choice(self.rendered.facts) for _ in range(n)]
        texts = [caption_for(f, self.rng, True)[1] for f in facts]
        texts += [f"{self.rng.choice(pool.colour_names)} {self.rng.choice(pool.category_names)}" for _ in range(n)]
        texts += [caption_for(self.rng.choice(self.data.facts), self.rng, False)[1] for _ in range(n)]
        now = super().encode(texts)
        if self.head_rests:
            with torch.no_grad():
                model, self.student.model = self.student.model, self.before
                before = super().encode(texts)
                self.student.model = model
            return {"old words": 40 * (1 - (before * now).sum(1)).mean()}
        before = torch.from_numpy(self.old.texts(texts))
        return {"old words": 4 * (1 - (before * F.normalize(now[:, :DIM], dim=1)).sum(1)).mean()}

    def step(self, args: argparse.Namespace) -> dict[str, Tensor]:
        if self.head_rests:
            return {"title": 2 * self.of_goods(40, 4)["title"]} | self.of_old_words(64)
        losses = self.of_clothes(args.batch) | self.of_goods(24, args.batch // 24) | self.of_drawn(args.batch)
        losses |= self.of_old_words(32)
        return {k: v * args.near if k.startswith("near") else v for k, v in losses.items()}

    def run(self) -> None:
        args, data = self.args, self.data
        train = (data.label >= 0) & ~data.is_val
        count = np.bincount(data.label[train], minlength=len(LABELS))
        self.weight = np.where(train, 1 / np.sqrt(np.maximum(count[data.label], 1)), 0.0)
        self.weight /= self.weight.sum()
        self.places = [np.nonzero((data.good == k) & ~data.good_is_val)[0] for k in range(len(data.titles))]
        self.optimise(args.steps)
        # Titles of goods had not been learnt when the head was; all other words stay where they are.
        self.head.requires_grad_(False).eval()
        self.head_rests, self.before = True, copy.deepcopy(self.student.model)
        self.optimise(args.word_steps)
        if args.word_steps:
            with torch.no_grad():
                self.student.model.text_projection.weight[DIM:] *= NEW_HALF

    def optimise(self, steps: int) -> None:
        args, model = self.args, self.student.model
        text = [*model.text_model.parameters(), *model.text_projection.parameters(), model.logit_scale]
        groups, rates = [{"params": [*self.head.parameters()]}, {"params": text}], [args.rate, args.rate / 3]
        optimiser = torch.optim.AdamW(groups, args.rate, weight_decay=0.05)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rates, max(steps, 1), pct_start=0.1)
        for step in range(steps):
            losses = self.step(args)
            optimiser.zero_grad()
            sum(losses.values()).backward()
            nn.utils.clip_grad_norm_([p for g in groups for p in g["params"]], 5.0)
            optimiser.step()
            schedule.step()
            with torch.no_grad():
                model.logit_scale.clamp_(0, np.log(50))
            if step % 100 == 0:
                print(step, {k: round(v.item(), 3) for k, v in losses.items()}, flush=True)
            if args.fold and step % 100 == 99:
                print(step, self.measure_held_out(), flush=True)

    @torch.no_grad()
    def measure_held_out(self) -> dict[str, float]:
        """The second tower alone on the pictures that --fold keeps."""
        data, out = self.data, {}
        was = self.head.training
        self.head.eval()
        for name, x, y, held, val in [
            ("clothes", data.clothes, data.label, self.held[0], data.is_val),
            ("goods", data.goods, data.good, self.held[1], data.good_is_val),
        ]:
            z, known = self.head(x[:, 0]).numpy(), y >= 0
            per = retrieval(z[held & known], z[~val & known], y[held & known], y[~val & known])
            out |= {f"{name} {k}": round(float(v.mean()), 3) for k, v in per.items()}
        self.head.train(was)
        return out

    @torch.no_grad()
    def directions(self) -> Tensor:
        """[256, 512]: those that pictures and texts use most, one under the other."""
        pool, data = self.rendered, self.data
        pictures = [
            self.both(self.first.clothes, self.head(data.clothes[:, 0]))[~data.is_val],
            self.both(self.first.goods, self.head(data.goods[:, 0]))[~data.good_is_val],
            self.both(self.first.iconic, self.head(data.iconic[:, 0])),
            self.both(self.first.drawn, self.head(self.drawn[:, 0])),
        ]
        texts = [f"{c} {k}" for c in pool.colour_names for k in pool.category_names]
        texts += [*(f"a photo of a {k.lower()}" for k in LABELS), *(t.lower() for t in data.titles)] * 10
        rows = torch.cat([*pictures, self.encode(texts)])
        _, sizes, right = torch.linalg.svd(rows, full_matrices=False)
        print("share of the squares in 256 directions:", (sizes[:DIM].square().sum() / sizes.square().sum()).item())
        return right[:DIM]

    @torch.no_grad()
    def report(self, turn: Tensor) -> None:
        """On the val pictures, after the projection."""
        data, first = self.data, self.first
        sets = [(first.clothes, data.clothes), (first.goods, data.goods), (first.iconic, data.iconic)]
        whole = [F.normalize(self.both(a, self.head(x[:, 0])) @ turn.T, dim=1) for a, x in sets]
        second = [self.head(x[:, 0]) for _, x in sets]
        for name, vectors in [("second tower", second), ("both", whole)]:
            data.clothes, data.goods, data.iconic = (v[:, None] for v in vectors)
            print(name, measure(data, lambda x: x), flush=True)
        for name, z, y, texts in [
            ("clothes by prompt", whole[0][data.is_val], data.label[data.is_val], [f"a photo of a {w.lower()}" for w in LABELS]),
            ("groceries by title", whole[1][data.good_is_val], data.good[data.good_is_val], [t.lower() for t in data.titles]),
        ]:
            guess = (z @ (self.encode(texts) @ turn.T).T).argmax(1).numpy()
            print(name, round(float((guess == y)[y >= 0].mean()), 3), flush=True)
        z = self.both(first.drawn_val, self.head(load(self.args.features, self.args.rendered_val.name)[:, 0]))
        rows = read_rendered(self.args.rendered_val).rows
        print("drawn, P@10 of colour and kind", self.drawn_words(z @ turn.T, turn, rows), flush=True)

    def drawn_words(self, z: Tensor, turn: Tensor, rows: list[dict], least: int = 10) -> float:
        shown = [(row["color"], row["category"]) for row in rows]
        pairs = sorted(p for p in set(shown) if shown.count(p) >= least)
        t = self.encode([f"{colour} {category}" for colour, category in pairs]) @ turn.T
        order = (t @ F.normalize(z, dim=1).T).argsort(1, descending=True)[:, :10].tolist()
        return round(float(np.mean([[shown[i] == p for i in best] for p, best in zip(pairs, order)])), 3)

    def export(self, turn: Tensor) -> None:
        args, old, model = self.args, self.old, self.student.model
        trunk = folded_from_onnx(args.onnx)
        tensors = {k: v for k, v in old.tensors.items() if k.startswith(("vision_model.", "visual_projection.", "identity_head."))}
        # The first tower's pixels had twice the range, and zero was the same grey.
        tensors["vision_model.stem.0.weight"] = tensors["vision_model.stem.0.weight"] * (0.5 / PIXEL_STD[0])
        tensors = {f"towers.0.{k}": v for k, v in tensors.items()}
        tensors |= {f"towers.1.vision_model.{k}": v for k, v in trunk.items()}
        tensors |= {f"towers.1.{k}": v for k, v in self.head.folded("visual_hidden", "visual_projection").items()}
        for name, value in model.text_model.state_dict().items():
            name = name.removeprefix("text_model.")
            if not name.endswith("position_ids"):
                tensors[f"text_model.{name}"] = value
        tensors["visual_projection.weight"] = turn * WEIGHTS
        tensors["text_projection.weight"] = turn @ model.text_projection.weight
        tensors["logit_scale"] = model.logit_scale
        first = old.config["vision_config"] | {"projection_dim": DIM}
        second = shape_of(trunk, SIDE) | {"projection_dim": DIM, "projection_hidden_size": args.hidden}
        vision = {"model_type": "knytt_towers", "image_size": SIDE, "towers": [first, second]}
        config = model.text_model.config
        config.projection_dim = DIM
        tensors = {k: v.detach().to(torch.float16).contiguous() for k, v in tensors.items()}
        write_bundle(args.out, tensors, self.tokenizer, config, vision, (PIXEL_MEAN, (0.5, 0.5, 0.5)))


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--features", "--onnx", "--photos", "--groceries", "--first", "--rendered", "--rendered-val"):
        p.add_argument(name, type=Path, required=True)
    p.add_argument("--out", type=Path)
    p.add_argument("--init", type=Path, help="an earlier result, which this goes on from")
    p.add_argument("--steps", type=int, default=700)
    p.add_argument("--word-steps", type=int, default=300, help="after those, for titles of goods alone")
    p.add_argument("--batch", type=int, default=96)
    p.add_argument("--hidden", type=int, default=256)
    p.add_argument("--drop", type=float, default=0.3)
    p.add_argument("--near", type=float, default=0.3, help="weight of the untouched network's neighbourhoods")
    p.add_argument("--rate", type=float, default=1e-3)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--fold", action="store_true", help="keeps a part of train aside and measures on it")
    p.add_argument("--f32", action="store_true", help="for processors without bf16 arithmetic")
    args = p.parse_args()
    torch.set_num_threads(args.threads)
    data = Data(args)
    trainer = TwoTowersTrainer(args, data)
    trainer.run()
    if args.fold:
        return
    turn = trainer.directions()
    if args.out:
        trainer.export(turn)
    trainer.report(turn)


if __name__ == "__main__":
    main()
