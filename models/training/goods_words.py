"""Teaches a bundle's text tower the names of goods, and holds it to what it says of everything else.

    python goods_words.py --bundle DIR --photos DIR --groceries DIR [--words FILE] [--steps 2000] [--seed 1]

The image towers rest. For each name of a good ("banana", "granny smith", "milk") a linear rule is fitted that tells the
train photographs of it from those of other goods and of clothes; its direction is where the name's text should lie. The
text tower then learns these directions for the names in many phrases, and for all other texts its own vectors of
before: captions of garments, colours, made-up words, and words that have nothing to do with goods. So words for clothes
rank pictures as before, and words that mean nothing still lie close to each other, by which they are recognised.

Prints what the words find among val photographs, before and after, and how near made-up words lie to each other.
"""

from __future__ import annotations

import argparse
import csv
import random
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from captions import FINE_NAMES, NAMES, PATTERN_NAMES, SHOP_WORDS, TEMPLATES, Facts, encode, say, with_article
from data import LABELS, read_photos
from evaluate import Bundle

ALSO_CALLED = {
    "aubergine": ["eggplant"], "brown cap mushroom": ["mushroom"], "carrots": ["carrot"], "pepper": ["bell pepper"],
    "red beet": ["beetroot"], "red grapefruit": ["grapefruit"], "satsumas": ["satsuma", "mandarin", "clementine"],
    "soyghurt": ["soy yoghurt"], "zucchini": ["courgette"],
}
"""Other names of the data set's kinds."""

COLOURS = "black white grey red blue navy green yellow orange pink purple brown beige".split()

SHARE_OF_GOOD = 0.75
"""How much of a name's vector is the rule's direction; the rest is the direction that texts have in common."""


def names_of(row: dict[str, str]) -> list[str]:
    """What a photograph shows, from its title to its kind."""
    title, kind = row["label"].lower(), row["kind"].replace("-", " ").lower()
    # Of a juice's title the last two words say what it is of.
    middle = [" ".join(title.split()[-2:])] if title.endswith(" juice") else []
    return list(dict.fromkeys([title, *middle, kind, *ALSO_CALLED.get(kind, [])]))


def plural(name: str) -> str:
    if name.endswith(("milk", "juice", "s", "garlic", "ginger", "yoghurt", "asparagus", "cream", "oatghurt", "soyghurt")):
        return name
    if name.endswith(("o", "ch", "sh")):
        return name + "es"
    return name[:-1] + "ies" if name.endswith("y") and name[-2] not in "aeiou" else name + "s"


def spelled(name: str) -> list[str]:
    """A name as people write it."""
    forms = [name, plural(name)]
    if "yoghurt" in name:
        forms.append(name.replace("yoghurt", "yogurt"))
    return list(dict.fromkeys(forms))


class Pictures:
    """Embeddings of photographs and the names of what they show; clothes have none."""

    def __init__(self, bundle: Bundle, photos: Path, groceries: Path, cache: Path | None) -> None:
        with open(groceries / "photos.csv", newline="", encoding="utf-8") as file:
            goods = list(csv.DictReader(file))
        clothes = [p for p in read_photos(photos) if p.label_index >= 0]
        paths = [groceries / row["image"] for row in goods] + [p.path for p in clothes]
        if cache and cache.exists():
            vectors = np.load(cache)
        else:
            vectors = bundle.images(paths)
            if cache:
                np.save(cache, vectors)
        self.vectors = torch.from_numpy(vectors)
        self.names = [names_of(row) for row in goods] + [[] for _ in clothes]
        self.titles = [row["label"].lower() for row in goods]
        self.kinds = [row["kind"].replace("-", " ").lower() for row in goods]
        self.clothes = torch.tensor([p.label_index for p in clothes])
        self.is_val = torch.tensor([row["split"] == "val" for row in goods] + [p.split == "val" for p in clothes])
        self.of_goods = torch.arange(len(paths)) < len(goods)


def directions(pictures: Pictures, names: list[str], steps: int = 300) -> Tensor:
    """Unit vectors `[names, dimension]`: of the linear rules that tell train photographs of a name from all others."""
    train = ~pictures.is_val
    x = pictures.vectors[train]
    shown = [set(own) for own, use in zip(pictures.names, train) if use]
    y = torch.tensor([[float(name in own) for name in names] for own in shown])
    weight = (len(y) / y.sum(0).clamp(min=1)).sqrt()
    rule = torch.zeros(len(names), x.shape[1], requires_grad=True)
    shift = torch.full((len(names),), -3.0, requires_grad=True)
    optimiser = torch.optim.Adam([rule, shift], lr=0.1)
    for _ in range(steps):
        scores = x @ rule.T + shift
        loss = F.binary_cross_entropy_with_logits(scores, y, pos_weight=weight) + 1e-4 * rule.square().sum(1).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return F.normalize(rule.detach(), dim=1)


class Phrases:
    """Draws texts."""

    def __init__(self, names: list[str], seed: int) -> None:
        self.rng, self.names = random.Random(seed), names
        self.known = {word for name in names for form in spelled(name) for word in form.split()}

    def good(self) -> tuple[str, int]:
        """A phrase with the name of a good, and which."""
        at = self.rng.randrange(len(self.names))
        text = self.rng.choice(spelled(self.names[at]))
        if self.rng.random() < 0.5:
            text = self.rng.choice(TEMPLATES).format(text)
        return (with_article(text) if self.rng.random() < 0.8 else text), at

    def garment(self) -> str:
        rng = self.rng
        facts = Facts(
            kind=rng.choice([None, *NAMES]), fine=rng.choice([None, *FINE_NAMES]),
            colours=frozenset(rng.sample(COLOURS, rng.choice([0, 1, 1, 2]))),
            pattern=rng.choice([None, None, *PATTERN_NAMES]), kids=rng.random() < 0.1,
        )
        return say(facts, rng)

    def made_up(self) -> str:
        """Letters that mean nothing, or syllables."""
        rng = self.rng
        if rng.random() < 0.5:
            return "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(3, 12)))
        return "".join(rng.choice("bcdfghjklmnprstvwz") + rng.choice("aeiou") for _ in range(rng.randint(1, 5)))

    def other(self, words: list[str]) -> str:
        """One to three words of a list that name no good."""
        return " ".join(word for word in self.rng.sample(words, self.rng.randint(1, 3)) if word not in self.known)

    def unchanged(self, words: list[str]) -> str:
        draw = self.rng.random()
        if draw < 0.5:
            return self.garment()
        text = self.made_up() if draw < 0.75 else self.other(words)
        return self.rng.choice(TEMPLATES).format(text) if self.rng.random() < 0.2 else text or "a"


def measures(bundle: Bundle, pictures: Pictures) -> dict[str, float]:
    """Of val photographs: is the own title, kind or label the nearest of all titles, kinds or labels."""
    val = pictures.is_val
    goods = [at for at in range(len(pictures.titles)) if val[at]]
    out = {}
    for what, own in (("title", pictures.titles), ("kind", pictures.kinds)):
        every = sorted(set(own))
        texts = torch.from_numpy(bundle.texts(every))
        found = (pictures.vectors[goods] @ texts.T).argmax(1)
        out[what] = float(np.mean([every[f] == own[at] for f, at in zip(found, goods)]))
        scores = pictures.vectors[val] @ texts.T
        rights = torch.tensor([[name == own[at] if at < len(own) else False for name in every] for at in val.nonzero().flatten().tolist()])
        out[f"{what} P@5"] = float(np.mean([rights[scores[:, n].topk(5).indices, n].float().mean() for n in range(len(every)) if rights[:, n].sum() >= 5]))
    clothes = ~pictures.of_goods & val
    labels = torch.from_numpy(bundle.texts([f"a photo of a {label.lower()}" for label in LABELS]))
    right = (pictures.vectors[clothes] @ labels.T).argmax(1) == pictures.clothes[val[~pictures.of_goods]]
    out["clothes"] = float(right.float().mean())
    rng = random.Random(99)
    words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(4, 11))) for _ in range(256)]
    near = torch.from_numpy(bundle.texts(words))
    near = (near @ near.T - 2 * torch.eye(len(words))).max(1).values
    out["made-up words, nearest other: tenth"] = float(near.quantile(0.1))
    names = torch.from_numpy(bundle.texts(sorted(set(pictures.kinds))))
    near = (names @ names.T - 2 * torch.eye(len(names))).max(1).values
    out["kinds of goods, nearest other: median"] = float(near.median())
    return out


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--bundle", type=Path, required=True)
    p.add_argument("--photos", type=Path, required=True)
    p.add_argument("--groceries", type=Path, required=True)
    p.add_argument("--words", type=Path, help="a list of words, one a line, that need not name goods")
    p.add_argument("--cache", type=Path)
    p.add_argument("--held", type=Path, help="the bundle whose texts are held, if DIR learnt some names already")
    p.add_argument("--steps", type=int, default=2000)
    p.add_argument("--rate", type=float, default=1e-3)
    p.add_argument("--hold", type=float, default=20.0, help="how much more a text that names no good counts than one that does")
    p.add_argument("--seed", type=int, default=1)
    args = p.parse_args()
    torch.manual_seed(args.seed)
    bundle, before = Bundle(args.bundle), Bundle(args.held or args.bundle)
    pictures = Pictures(bundle, args.photos, args.groceries, args.cache)
    print("before", {k: round(v, 3) for k, v in measures(bundle, pictures).items()}, flush=True)
    names = sorted({name for own in pictures.names for name in own})
    rules = directions(pictures, names)
    val = pictures.vectors[pictures.is_val & pictures.of_goods]
    titles = sorted(set(pictures.titles))
    own = [t for t, is_val in zip(pictures.titles, pictures.is_val) if is_val]
    best = (val @ rules[[names.index(t) for t in titles]].T).argmax(1)
    print(f"{len(names)} names; the rules alone: title {np.mean([titles[b] == t for b, t in zip(best, own)]):.3f}", flush=True)

    phrases = Phrases(names, args.seed)
    words = args.words.read_text(encoding="utf-8").split() if args.words else SHOP_WORDS
    common = F.normalize(torch.from_numpy(before.texts([phrases.unchanged(words) for _ in range(500)])).mean(0), dim=0)
    rest = F.normalize(common - (rules @ common)[:, None] * rules, dim=1)
    targets = SHARE_OF_GOOD * rules + (1 - SHARE_OF_GOOD**2) ** 0.5 * rest

    projection = bundle.tensors["text_projection.weight"].clone().requires_grad_()
    weights = [*bundle.text_model.parameters(), projection]
    optimiser = torch.optim.AdamW(weights, lr=args.rate, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, args.rate, total_steps=args.steps)
    end = bundle.config["text_config"]["eos_token_id"]
    for step in range(args.steps):
        named = [phrases.good() for _ in range(80)]
        others = [phrases.unchanged(words) for _ in range(112)]
        ids = torch.tensor(encode(bundle.tokenizer, [text for text, _ in named] + others, bundle.length))
        # A text is read at its end mark, so what all texts are padded with can go.
        ids = ids[:, : int((ids != end).sum(1).max()) + 1]
        held = F.normalize(before.raw_texts(ids[len(named) :]), dim=1)
        hoped = torch.cat([targets[[at for _, at in named]], held])
        given = F.normalize(bundle.text_model(input_ids=ids).pooler_output @ projection.T, dim=1)
        far = 1 - (given * hoped).sum(1)
        loss = far[: len(named)].mean() + args.hold * far[len(named) :].mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if (step + 1) % 200 == 0:
            print(step + 1, f"goods {far[: len(named)].mean():.4f} others {far[len(named) :].mean():.5f}", flush=True)

    file = args.bundle / "model.safetensors"
    with safe_open(file, "pt") as opened:
        about = opened.metadata()
    tensors = load_file(file)
    prefix = "" if any(k.startswith("text_model.") for k in bundle.text_model.state_dict()) else "text_model."
    for name, values in bundle.text_model.state_dict().items():
        if prefix + name in tensors:
            tensors[prefix + name] = values.detach().half().contiguous()
    tensors["text_projection.weight"] = projection.detach().half().contiguous()
    save_file(tensors, file, metadata=about)
    print("after", {k: round(v, 3) for k, v in measures(Bundle(args.bundle), pictures).items()})


if __name__ == "__main__":
    main()
