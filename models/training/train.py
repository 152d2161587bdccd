"""Trains the starter model and exports it.

    python train.py --photos DIR --rendered DIR --teacher FILE --out DIR

--photos    folder with photos.csv and the photographs
--rendered  what `knytt-garments train` wrote (may be left out)
--sides     instead of it, what `knytt-garments views` wrote: then the model learns, too,
            to tell a garment from all others whichever side it is seen from
--teacher   the ImageNet network as ONNX (see teacher.py)
--out       where the bundle, checkpoints and cached features go
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn

import captions as words
from captions import Facts
from colour import COLOURS, FINER, caption_colours, garment_colours
from data import (
    LABELS, SIDES, jitter, load_squeezed, normalise, random_views, read_photos, read_rendered, read_sides, shrink,
    squeeze, take_views,
)
from export import export_bundle
from teacher import Teacher, head_outputs, supcon, train_head, views_and_features
from towers import DualEncoder, VisionShape, text_config

VOCABULARY = 2000
DIM = 256
# Resolution by progress: most of the learning is cheap and small.
SIZES = [(0.0, 64), (0.45, 80), (0.72, 96), (0.92, 112)]
# Categories that the garments of one batch are from: what is alike is hard to tell apart.
KINDS_AT_ONCE = 4


@dataclass
class Pool:
    """Pictures with everything training needs to know of them."""

    images: np.ndarray  # uint8 [n, s, s, 3]
    facts: list[Facts]
    labels: np.ndarray  # place in LABELS or -1
    theta: np.ndarray | None = None  # [n, views, 2, 3]; without it, fresh views
    features: np.ndarray | None = None  # teacher's, f16 [n, views, 1280]
    spaces: np.ndarray | None = None  # teacher head's, f16 [n, views, 256]
    scores: np.ndarray | None = None  # teacher head's, f16 [n, views, 17]
    # Of rendered garments: the names of all categories and colours, and each one's own.
    category_names: list[str] = field(default_factory=list)
    colour_names: list[str] = field(default_factory=list)
    category: np.ndarray | None = None
    colour: np.ndarray | None = None
    # Of garments seen from several sides: each category's first garments of two twins.
    products: list[np.ndarray] | None = None


def cached(file: Path, images: np.ndarray, teacher: Teacher, views: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """`views_and_features`, kept in a file."""
    if not file.exists():
        theta, features = views_and_features(teacher, images, views, seed)
        np.savez(file, theta=theta, f=features)
    with np.load(file) as data:
        return data["theta"], data["f"]


def photo_facts(label: str, kids: bool, shares: list[tuple[str, float]]) -> Facts:
    colours = frozenset(caption_colours(shares))
    maybe = {c for c, s in shares if s > 0.08}
    # Neighbours that a camera or an eye may take for each other.
    for one, other in [("navy", "blue"), ("navy", "black"), ("grey", "white"), ("beige", "white"),
                       ("beige", "brown"), ("pink", "purple"), ("pink", "red"), ("burgundy", "red"),
                       ("teal", "green"), ("teal", "blue"), ("olive", "green"), ("khaki", "beige"),
                       ("khaki", "brown"), ("light blue", "blue"), ("orange", "red"), ("grey", "black")]:
        for a, b in [(one, other), (other, one)]:
            if a in colours or a in maybe:
                maybe = maybe | {b}
    return Facts(label if label in LABELS else None, None, colours, frozenset(maybe) - colours, None, kids)


def rendered_facts(row: dict) -> tuple[Facts, int]:
    """Facts of a rendered garment and its place in LABELS."""
    category = row["category"]
    label = row.get("label")
    known = {c for c in [row["color"], *row.get("colors", [])] if c in COLOURS or c in FINER}
    main = row["color"]
    sure = {main} | ({FINER[main]} if main in FINER else set())
    maybe = (known | {FINER[c] for c in known if c in FINER}) - sure
    if main == "navy":
        maybe |= {"blue"}
    if main == "blue":
        maybe |= {"navy", "light blue"}
    fine = category if category in words.FINE_NAMES else None
    kind = label if label else f"only:{category}"
    facts = Facts(kind, fine or f"any:{category}", frozenset(sure), frozenset(maybe), row.get("pattern"), False)
    return facts, LABELS.index(label) if label in LABELS else -1


def caption_for(facts: Facts, rng: random.Random, rendered: bool) -> tuple[Facts, str]:
    """Some of the facts, and a sentence that says them."""
    kind = facts.kind if facts.kind and rng.random() < 0.93 else None
    fine = facts.fine if kind and facts.fine in words.FINE_NAMES and (kind not in LABELS or rng.random() < 0.6) else None
    colours = sorted(facts.colours)
    if rendered:
        # A finer shade or its plain colour, not both.
        colours = [rng.choice(colours)] if colours and rng.random() < 0.75 else []
    elif colours:
        colours = colours[:] if rng.random() < 0.35 else [rng.choice(colours)]
        colours = colours if rng.random() < 0.65 else []
    pattern = facts.pattern if facts.pattern and rng.random() < 0.4 else None
    kids = True if facts.kids and rng.random() < 0.4 else None
    if not (kind or colours or pattern):
        kind = facts.kind
    claim = Facts(kind, fine, frozenset(colours), frozenset(), pattern, kids)
    names = None
    if kind == "Pants" and not rendered and {"blue", "navy"} & facts.colours and rng.random() < 0.25:
        names = ["jeans", "pair of jeans"]
    if kind and rendered and not fine and facts.fine and rng.random() < 0.4:
        names = [facts.fine.removeprefix("any:")]
    return claim, words.say(claim, rng, names)


class Memory:
    """Imprints of the garments seen last, to tell the present ones from. They are a
    little stale, which costs less than drawing larger batches."""

    def __init__(self, size: int) -> None:
        self.z = torch.zeros(size, len(SIDES), DIM)
        self.garment = torch.full((size,), -1)
        self.at = 0

    def push(self, z: Tensor, garment: Tensor) -> None:
        place = (self.at + torch.arange(len(z))) % len(self.z)
        # The losses still need what was there.
        self.z = self.z.index_copy(0, place, z.detach())
        self.garment = self.garment.index_copy(0, place, garment)
        self.at += len(z)


def same_thing_loss(z: Tensor, garment: Tensor, memory: Memory, temperature: float) -> Tensor:
    """Each garment's photographs should lie nearest to its own studio picture, and the
    studio picture nearest to them: z [garments, sides, dim], against the others in the
    batch and in the memory."""
    never = (garment[:, None] == memory.garment[None]) | (memory.garment < 0)[None]
    right = torch.arange(len(z))

    def one_way(query: Tensor, side: int) -> Tensor:
        near = (query @ z[:, side].T) / temperature
        past = ((query @ memory.z[:, side].T) / temperature).masked_fill(never, -1e4)
        return F.cross_entropy(torch.cat([near, past], 1), right)

    both = [one_way(z[:, side], 0) + one_way(z[:, 0], side) for side in range(1, len(SIDES))]
    return torch.stack(both).mean() / 2


class Student(nn.Module):
    """The dual encoder with what only training needs."""

    def __init__(self, model: DualEncoder) -> None:
        super().__init__()
        self.model = model
        width = model.visual_projection.in_features
        self.to_features = nn.Linear(width, 1280)
        self.classes = nn.Linear(DIM, len(LABELS))


def pair_loss(image: Tensor, text: Tensor, scale: Tensor, yes: Tensor, unknown: Tensor) -> Tensor:
    """InfoNCE in which several captions may fit a picture and the other way round."""
    logits = (image @ text.T * scale).masked_fill(unknown, -1e4)

    def one_way(logits: Tensor, yes: Tensor) -> Tensor:
        some = yes.any(1)
        logp = F.log_softmax(logits[some], 1)
        y = yes[some].float()
        return -((logp * y).sum(1) / y.sum(1)).mean()

    return 0.5 * (one_way(logits, yes) + one_way(logits.T, yes.T))


def relation_loss(z: Tensor, target: Tensor, temperature: float = 0.1) -> Tensor:
    """The student's neighbours should be the teacher's neighbours."""
    eye = torch.eye(len(z), dtype=torch.bool)
    t = (F.normalize(target, dim=1) @ F.normalize(target, dim=1).T / temperature).masked_fill(eye, -1e4)
    s = (z @ z.T / temperature).masked_fill(eye, -1e4)
    return F.kl_div(F.log_softmax(s, 1), F.softmax(t, 1), reduction="batchmean")


def mix(x: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor, float]:
    """Mixup or CutMix within a batch: pictures, partners, share of the first."""
    perm = torch.randperm(len(x))
    lam = float(rng.beta(1.0, 1.0))
    if rng.random() < 0.5:
        return lam * x + (1 - lam) * x[perm], perm, lam
    size = x.shape[-1]
    side = int(size * (1 - lam) ** 0.5)
    top, left = int(rng.integers(0, size - side + 1)), int(rng.integers(0, size - side + 1))
    x = x.clone()
    x[:, :, top : top + side, left : left + side] = x[perm][:, :, top : top + side, left : left + side]
    return x, perm, 1 - (side / size) ** 2


def mistaken(logits: Tensor, right: Tensor) -> list[int]:
    """For each row a wrong class, drawn as often as the model takes it for right."""
    chance = F.softmax(logits.detach().scatter(1, right[:, None], -1e4), 1)
    return torch.multinomial(chance, 1).flatten().tolist()


def wobble(theta: Tensor) -> Tensor:
    """A little of the student's own on top of a view: shift and turn."""
    n = len(theta)
    a = torch.randn(n) * 0.04
    turn = torch.stack([torch.stack([a.cos(), -a.sin()], 1), torch.stack([a.sin(), a.cos()], 1)], 1)
    zoom = torch.empty(n, 1, 1).uniform_(0.95, 1.05)
    out = theta.clone()
    out[:, :, :2] = theta[:, :, :2] @ turn * zoom
    out[:, :, 2] += torch.randn(n, 2) * 0.03
    return out


def pictures(pool: Pool, view: int, size: int, spread: float) -> Iterator[Tensor]:
    """One view of every picture, in batches, as the image tower takes them. View 0 is
    the whole picture, made smaller just as the finished model will have it."""
    for lo in range(0, len(pool.images), 64):
        part = np.array(pool.images[lo : lo + 64])
        if view == 0:
            part = np.stack([squeeze(Image.fromarray(picture), size) for picture in part])
            x = torch.from_numpy(part).permute(0, 3, 1, 2) / 255
        else:
            x = take_views(torch.from_numpy(part), torch.from_numpy(pool.theta[lo : lo + 64, view]), size)
        x = jitter(x, spread) if spread else x
        yield normalise(x).contiguous(memory_format=torch.channels_last)


class Trainer:
    """One of `--processes` equal workers; they average their gradients. Worker 0
    keeps the averaged weights, the log and the files."""

    def __init__(self, args: argparse.Namespace, rank: int) -> None:
        self.args = args
        self.rank = rank
        torch.manual_seed(args.seed)
        torch.set_num_threads(args.threads)
        self.rng = random.Random(args.seed + rank)
        self.np_rng = np.random.default_rng([args.seed, rank])
        self.out = Path(args.out)
        self.out.mkdir(parents=True, exist_ok=True)
        self.teacher = Teacher(Path(args.teacher), args.threads)
        self.photos = self.load_photos()
        self.rendered = self.load_rendered() if args.rendered or args.sides else None
        self.memory = Memory(args.memory)
        file = self.out / "tokenizer.json"
        if not file.exists():
            words.train_tokenizer([], VOCABULARY, args.seed).save(str(file))
        self.tokenizer = Tokenizer.from_file(str(file))
        ids = self.tokenizer.token_to_id
        config = text_config(self.tokenizer.get_vocab_size(), ids(words.START), ids(words.END), DIM)
        self.student = Student(DualEncoder(VisionShape(), config))
        if args.init_bundle:
            self.go_on_from(Path(args.init_bundle))
        elif args.init:
            state = torch.load(args.init, map_location="cpu", weights_only=True)
            kept = {k: v for k, v in state["ema"].items() if not (args.init_image and "text" in k)}
            self.student.load_state_dict(kept, strict=not args.init_image)
        self.student.model.vision_model.to(memory_format=torch.channels_last)
        if args.rest_norm:
            self.student.model.vision_model.rest_norm()
        if args.rest_stages:
            tower = self.student.model.vision_model
            for part in [tower.stem, *tower.stages[: args.rest_stages]]:
                part.requires_grad_(False)
        self.old = self.load_old(Path(args.hold)) if args.hold else None
        self.ema = copy.deepcopy(self.student).eval()
        # The weights began alike; what is drawn from here on differs.
        torch.manual_seed(args.seed * 1000 + rank)

    def go_on_from(self, folder: Path) -> None:
        """Starts from an exported bundle."""
        size = SIZES[1][1]
        self.load_into(self.student.model, folder, size)
        self.fit_heads(size)

    def load_into(self, model: DualEncoder, folder: Path, size: int) -> None:
        views = []
        for pool in [self.photos] + ([self.rendered] if self.rendered else []):
            pick = self.np_rng.integers(0, len(pool.labels), 128)
            views.append(self.draw(pool, pool.images, pick, size)[0])
        model.load_bundle(load_file(folder / "model.safetensors"), normalise(torch.cat(views)))

    def load_old(self, folder: Path) -> DualEncoder:
        """The model whose imprints of photographs are to stay. It shares the stages
        that rest with the student, so they must have come from it."""
        old = copy.deepcopy(self.student.model)
        self.load_into(old, folder, SIZES[1][1])
        old.vision_model.rest_norm()
        return old.eval().requires_grad_(False)

    def fit_heads(self, size: int) -> None:
        """The heads that only training needs are not in a bundle: they learn first,
        on features of the resting image tower."""
        student, photos = self.student, self.photos
        student.eval()
        with torch.no_grad(), self.cast():
            pooled = torch.cat([student.model.vision_model(x).float() for x in pictures(photos, 0, size, 0.0)])
        student.train()
        z = F.normalize(student.model.visual_projection(pooled), dim=1).detach()
        target = self.feature_target(photos, np.arange(len(z)), np.zeros(len(z), int))
        soft = F.softmax(torch.from_numpy(photos.scores[:, 0].astype(np.float32)) / 1.5, 1)
        optim = torch.optim.AdamW([*student.to_features.parameters(), *student.classes.parameters()], lr=3e-3)
        for _ in range(400):
            pick = torch.randint(0, len(z), (256,))
            far = 1 - F.cosine_similarity(student.to_features(pooled[pick]), target[pick])
            loss = 3 * far.mean() + F.cross_entropy(student.classes(z[pick]) * 12.0, soft[pick])
            optim.zero_grad()
            loss.backward()
            optim.step()

    def load_photos(self) -> Pool:
        photos = [p for p in read_photos(Path(self.args.photos)) if p.split == "train"]
        file = self.out / "photos192.npy"
        if not file.exists():
            np.save(file, load_squeezed([p.path for p in photos], 192))
        images = np.load(file, mmap_mode="r")
        file = self.out / "colours.json"
        if not file.exists():
            file.write_text(json.dumps([garment_colours(im) for im in images]))
        shares = json.loads(file.read_text())
        facts = [photo_facts(p.label, p.kids, s) for p, s in zip(photos, shares)]
        labels = np.array([p.label_index for p in photos])
        file = self.out / "photos.npz"
        if not file.exists():
            large = load_squeezed([p.path for p in photos], 256)
            cached(file, large, self.teacher, self.args.views, self.args.seed)
        theta, features = cached(file, images, self.teacher, self.args.views, self.args.seed)
        pool = Pool(images, facts, labels, theta, features)
        file = self.out / "heads.npz"
        if not file.exists():
            heads = [train_head(features, labels, len(LABELS), self.args.seed + i) for i in range(3)]
            outs = [head_outputs(head, mean, features) for head, mean in heads]
            # Heads differ by a rotation, so their spaces are set side by side.
            spaces = np.concatenate([e for e, _ in outs], -1)
            scores = np.mean([s.astype(np.float32) for _, s in outs], 0).astype(np.float16)
            np.savez(file, spaces=spaces, scores=scores)
        with np.load(file) as data:
            pool.spaces, pool.scores = data["spaces"], data["scores"]
        self.mean = features[:, 0].astype(np.float32).mean(0)
        return pool

    def load_rendered(self) -> Pool:
        sides = [Path(folder) for folder in self.args.sides]
        r = read_sides(sides) if sides else read_rendered(Path(self.args.rendered))
        facts, labels = zip(*(rendered_facts(row) for row in r.rows))
        images = r.images
        pool = Pool(images, list(facts), np.array(labels))
        pool.category_names = sorted({row["category"] for row in r.rows})
        pool.colour_names = sorted({row["color"] for row in r.rows})
        pool.category = np.array([pool.category_names.index(row["category"]) for row in r.rows])
        pool.colour = np.array([pool.colour_names.index(row["color"]) for row in r.rows])
        if sides:
            first = np.arange(0, len(r.rows), 2 * len(SIDES))
            pool.products = [first[pool.category[first] == k] // len(SIDES) for k in range(len(pool.category_names))]
        return pool

    def pick_garments(self, count: int) -> np.ndarray:
        """Twins of few categories: places of `count` garments."""
        kinds = self.np_rng.choice(len(self.rendered.products), KINDS_AT_ONCE, replace=False)
        those = np.concatenate([self.rendered.products[k] for k in kinds])
        first = self.np_rng.choice(those, (count + 1) // 2, replace=False)
        return np.stack([first, first + 1], 1).reshape(-1)[:count]

    def draw_sides(self, garments: np.ndarray, size: int) -> tuple[Tensor, np.ndarray]:
        """All sides of these garments as they are: the renderer has varied them, and
        what is cut off or painted over may be what tells a garment from its twin."""
        pick = (garments[:, None] * len(SIDES) + np.arange(len(SIDES))).reshape(-1)
        x = torch.from_numpy(self.rendered.images[pick]).permute(0, 3, 1, 2)
        if size != x.shape[-1]:
            x = F.interpolate(x, size=(size, size), mode="bicubic", antialias=True)
        return x / 255, pick

    def draw(self, pool: Pool, small: np.ndarray, pick: np.ndarray, size: int) -> tuple[Tensor, np.ndarray]:
        if pool.theta is None:
            view = np.zeros(len(pick), int)
            theta = torch.from_numpy(random_views(len(pick), self.np_rng, min_area=0.6))
        else:
            view = self.np_rng.integers(0, pool.theta.shape[1], len(pick))
            theta = torch.from_numpy(pool.theta[pick, view])
        x = take_views(torch.from_numpy(small[pick]), wobble(theta), size)
        return x, view

    def feature_target(self, pool: Pool, pick: np.ndarray, view: np.ndarray) -> Tensor:
        f = torch.from_numpy(pool.features[pick, view].astype(np.float32) - self.mean)
        return F.normalize(f, dim=1)

    def run(self) -> None:
        args = self.args
        student = self.student
        parameters = [p for p in student.parameters() if p.requires_grad]
        decay = [p for p in parameters if p.ndim > 1]
        rest = [p for p in parameters if p.ndim <= 1]
        optim = torch.optim.AdamW(
            [{"params": decay, "weight_decay": args.decay}, {"params": rest, "weight_decay": 0.0}],
            lr=args.rate, betas=(0.9, 0.98),
        )
        count = np.bincount(self.photos.labels[self.photos.labels >= 0], minlength=len(LABELS))
        weight = np.where(self.photos.labels >= 0, 1 / np.sqrt(count[self.photos.labels]), 0.02)
        weight /= weight.sum()
        begin = time.time()
        last_save = last_log = begin
        step = size = 0
        small: list[np.ndarray] = []
        tally: dict[str, float] = {}
        progress = args.start
        while progress < 1:
            want = max(args.min_size, *(s for p, s in SIZES if progress >= p))
            want = min(want, args.max_size)
            if want != size:
                size = want
                pools = [self.photos] + ([self.rendered] if self.rendered else [])
                small = [shrink(p.images, min(p.images.shape[1], int(size * 1.5))) for p in pools]
            for group in optim.param_groups:
                warm = min(1.0, (progress - args.start) / 0.05)
                group["lr"] = args.rate * warm * (0.5 * (1 + np.cos(np.pi * progress)) * 0.99 + 0.01)
            losses = self.losses(size, small, weight)
            loss = sum(losses.values())
            optim.zero_grad(set_to_none=True)
            loss.backward()
            mine = (step + 1) / args.steps if args.steps else (time.time() - begin) / (args.minutes * 60)
            progress = self.share(parameters, args.start + (1 - args.start) * mine)
            nn.utils.clip_grad_norm_(parameters, 5.0)
            optim.step()
            with torch.no_grad():
                student.model.logit_scale.clamp_(0, np.log(50))
            step += 1
            if self.rank:
                continue
            self.average(step)
            for k, v in losses.items():
                tally[k] = tally.get(k, 0.0) * 0.98 + float(v.detach()) * 0.02
            now = time.time()
            if now - last_log > 30:
                last_log = now
                bias = 1 - 0.98**step
                print(f"{now - begin:6.0f}s step {step} size {size} {progress:.3f} "
                      + " ".join(f"{k} {v / bias:.3f}" for k, v in tally.items()), flush=True)
            if now - last_save > args.save_every * 60:
                last_save = now
                self.save(step)
        if self.rank == 0:
            print(f"{time.time() - begin:.0f}s, {step} steps", flush=True)
            self.save(step)

    @torch.no_grad()
    def average(self, step: int) -> None:
        keep = min(self.args.keep, (1 + step) / (10 + step))
        for a, b in zip(self.ema.state_dict().values(), self.student.state_dict().values()):
            a.lerp_(b, 1 - keep) if a.is_floating_point() else a.copy_(b)

    def share(self, parameters: list[nn.Parameter], progress: float) -> float:
        """Averages the workers' gradients and tells all how far worker 0 is."""
        if self.args.processes == 1:
            return progress
        flat = torch.cat([p.grad.reshape(-1) for p in parameters] + [torch.tensor([progress])])
        if self.rank:
            flat[-1] = 0
        dist.all_reduce(flat)
        flat[:-1] /= self.args.processes
        at = 0
        for p in parameters:
            p.grad.copy_(flat[at : at + p.numel()].view_as(p))
            at += p.numel()
        return float(flat[-1])

    def losses(self, size: int, small: list[np.ndarray], weight: np.ndarray) -> dict[str, Tensor]:
        args, model, photos = self.args, self.student.model, self.photos
        from_rendered = round(args.batch * args.share) if self.rendered else 0
        garments = np.empty(0, int)
        if args.sides:
            garments = self.pick_garments(from_rendered // len(SIDES))
            from_rendered = len(garments) * len(SIDES)
        mixed = (args.batch - from_rendered) // 3
        clean = args.batch - from_rendered - mixed
        pick = self.np_rng.choice(len(weight), clean + mixed, p=weight)
        x, view = self.draw(photos, small[0], pick, size)
        x = jitter(x, 0.28)
        perm = torch.arange(clean + mixed)
        lam = torch.ones(clean + mixed)
        if mixed:
            x_mixed, p, share = mix(x[clean:], self.np_rng)
            x = torch.cat([x[:clean], x_mixed])
            perm[clean:] = p + clean
            lam[clean:] = share
        pick_r = np.empty(0, int)
        if args.sides:
            x_r, pick_r = self.draw_sides(garments, size)
            x = torch.cat([x, x_r])
        elif self.rendered:
            pick_r = self.np_rng.integers(0, len(self.rendered.labels), from_rendered)
            x_r, _ = self.draw(self.rendered, small[1], pick_r, size)
            x = torch.cat([x, jitter(x_r, 0.06)])  # more would turn grey into white
        x = normalise(x).contiguous(memory_format=torch.channels_last)
        tower, resting = model.vision_model, args.rest_stages
        with self.cast():
            early = tower.early(x, resting)
            pooled = tower.late(early, resting).float()
        out = self.objectives(pooled, pick, view, clean, perm, lam, pick_r)
        if self.old:
            n = len(pick)
            with torch.no_grad(), self.cast():
                was = self.old.vision_model.late(early[:n], resting).float()
            out["hold"] = self.hold(model.visual_projection(pooled[:n]), self.old.visual_projection(was))
        return out

    def hold(self, z: Tensor, was: Tensor) -> Tensor:
        """Photographs should keep their imprints `was`."""
        return self.args.w_hold * (1 - F.cosine_similarity(z, was)).mean()

    def objectives(
        self, pooled: Tensor, pick: np.ndarray, view: np.ndarray, clean: int,
        perm: Tensor, lam: Tensor, pick_r: np.ndarray,
    ) -> dict[str, Tensor]:
        """All losses, from the pooled features of photos (`pick`; the first `clean`
        of them not mixed) and rendered garments (`pick_r`), in this order."""
        args, student, model, photos = self.args, self.student, self.student.model, self.photos
        n = len(pick)
        z = F.normalize(model.visual_projection(pooled), dim=1)

        out: dict[str, Tensor] = {}
        # What the teacher and its head say of the same views.
        target = self.feature_target(photos, pick, view)
        target = lam[:, None] * target + (1 - lam[:, None]) * target[perm]
        said = student.to_features(pooled[:n])
        out["feat"] = args.w_feat * (1 - F.cosine_similarity(said, target)).mean()
        scores = torch.from_numpy(photos.scores[pick, view].astype(np.float32))
        soft = F.softmax(scores / 1.5, 1)
        soft = lam[:, None] * soft + (1 - lam[:, None]) * soft[perm]
        y = torch.from_numpy(photos.labels[pick])
        guess = student.classes(z[:n]) * 12.0
        logp = F.log_softmax(guess, 1)
        known = (y >= 0) & (y[perm] >= 0)
        hard = F.one_hot(y.clamp(min=0), len(LABELS)).float() * 0.9 + 0.1 / len(LABELS)
        hard = lam[:, None] * hard + (1 - lam[:, None]) * hard[perm]
        out["soft"] = args.w_soft * -(soft * logp).sum(1).mean()
        out["hard"] = args.w_hard * -(hard * logp).sum(1)[known].mean()
        space = torch.from_numpy(photos.spaces[pick[:clean], view[:clean]].astype(np.float32))
        out["relation"] = args.w_relation * relation_loss(z[:clean], space)
        labels = y[:clean]
        out["supcon"] = args.w_supcon * supcon(z[:clean], labels)

        # Words. Pictures with captions: the clean photos and the rendered ones.
        facts = [photos.facts[i] for i in pick[:clean]]
        rows = z[:clean]
        if self.rendered:
            facts = facts + [self.rendered.facts[i] for i in pick_r]
            rows = torch.cat([rows, z[n:]])
            y_r = torch.from_numpy(self.rendered.labels[pick_r])
            drawn = y_r >= 0
            hard_r = F.one_hot(y_r.clamp(min=0), len(LABELS)).float()[drawn] * 0.9 + 0.1 / len(LABELS)
            logp_r = F.log_softmax(student.classes(z[n:][drawn]) * 12.0, 1)
            out["drawn"] = args.w_drawn * -(hard_r * logp_r).sum() / max(1, len(hard_r))
        claims, texts = zip(*(caption_for(f, self.rng, i >= clean) for i, f in enumerate(facts)))
        prompts = [words.say(Facts(k), self.rng, plain=0.6) for k in LABELS]
        t = self.encode([*texts, *prompts])
        t_caption, t_prompt = t[: len(texts)], t[len(texts) :]
        yes, unknown = words.agree(list(claims), facts)
        scale = model.logit_scale.exp()
        out["pair"] = args.w_pair * pair_loss(rows, t_caption, scale, torch.from_numpy(yes), torch.from_numpy(unknown))
        if args.sides:
            seen = z[n:].view(-1, len(SIDES), DIM)
            garment = torch.from_numpy(pick_r[:: len(SIDES)])
            out["same"] = args.w_same * same_thing_loss(seen, garment, self.memory, args.temperature)
            self.memory.push(seen, garment)
        if self.rendered:
            named, pairs = self.named(z[n:], pick_r, scale)
            out["named"], out["pairs"] = args.w_named * named, args.w_pairs * pairs
        asked = z[:n] @ t_prompt.T * scale
        out["prompt"] = args.w_prompt * -(hard * F.log_softmax(asked, 1)).sum(1)[known].mean()
        return out

    def cast(self) -> torch.autocast:
        """Half the work on processors that have bf16 arithmetic, ten times it on others."""
        return torch.autocast("cpu", torch.bfloat16, enabled=not self.args.f32)

    def encode(self, texts: list[str]) -> Tensor:
        """Unit vectors of the texts, no more padded than the longest needs."""
        ids = words.encode(self.tokenizer, texts, 32)
        end = self.tokenizer.token_to_id(words.END)
        longest = max(i.index(end) for i in ids) + 1
        with self.cast():
            t = self.student.model.text(torch.tensor([i[:longest] for i in ids]))
        return F.normalize(t.float(), dim=1)

    def named(self, z: Tensor, pick: np.ndarray, scale: Tensor) -> tuple[Tensor, Tensor]:
        """Rendered garments asked for by name, the way a shopper types: "red coat".

        First each is told from all other categories with a colour held, and from all
        other colours with a category held; the held word may be wrong for it. Then
        colour and category together: each picture's own pair against the others' and
        against pairs that got one word wrong where the picture is easily mistaken.
        """
        pool, rng = self.rendered, self.rng
        hold = rng.choice(["", *pool.colour_names])
        form = rng.choice(["{}", "{}", "a {}", "a photo of a {}"])
        kinds = [form.format(f"{hold} {name}".strip()) for name in pool.category_names]
        noun = rng.choice([*pool.category_names, "garment"])
        tones = [form.format(f"{name} {noun}") for name in pool.colour_names]
        t = self.encode([*kinds, *tones])
        logits = z @ t.T * scale
        kind, tone = logits[:, : len(kinds)], logits[:, len(kinds) :]
        category, colour = torch.from_numpy(pool.category[pick]), torch.from_numpy(pool.colour[pick])
        named = F.cross_entropy(kind, category, label_smoothing=0.05) + F.cross_entropy(tone, colour, label_smoothing=0.05)

        own = list(zip(colour.tolist(), category.tolist()))
        wrong_kind, wrong_tone = mistaken(kind, category), mistaken(tone, colour)
        wrong = [(c, w) if rng.random() < 0.6 else (v, k) for (c, k), w, v in zip(own, wrong_kind, wrong_tone)]
        asked = list(dict.fromkeys([*own, *wrong]))
        t = self.encode([form.format(f"{pool.colour_names[c]} {pool.category_names[k]}") for c, k in asked])
        yes = torch.tensor([[a == o for a in asked] for o in own])
        return named, pair_loss(z, t, scale, yes, torch.zeros_like(yes))

    def save(self, step: int) -> None:
        state = {"ema": self.ema.state_dict(), "step": step}
        torch.save(state, self.out / "checkpoint.pt")
        export_bundle(self.ema.model, self.tokenizer, self.out / "bundle")


def work(rank: int, args: argparse.Namespace, meet: str) -> None:
    dist.init_process_group("gloo", init_method=f"file://{meet}", rank=rank, world_size=args.processes)
    Trainer(args, rank).run()
    dist.destroy_process_group()


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--photos", required=True)
    p.add_argument("--rendered")
    p.add_argument("--sides", nargs="*", default=[])
    p.add_argument("--teacher", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--init", help="a checkpoint to start from")
    p.add_argument("--init-bundle", help="a bundle to start from")
    p.add_argument("--init-image", action="store_true", help="take only the image side of it")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--processes", type=int, default=2)
    p.add_argument("--threads", type=int, default=1, help="for each process")
    p.add_argument("--minutes", type=float, default=60.0)
    p.add_argument("--start", type=float, default=0.0, help="progress to begin at, with --init")
    p.add_argument("--steps", type=int, default=0, help="instead of --minutes")
    p.add_argument("--views", type=int, default=10)
    p.add_argument("--rate", type=float, default=2e-3)
    p.add_argument("--decay", type=float, default=0.05)
    p.add_argument("--batch", type=int, default=72, help="pictures for each process and step")
    p.add_argument("--share", type=float, default=0.56, help="of rendered garments in a batch; the photographs are few")
    p.add_argument("--min-size", type=int, default=64)
    p.add_argument("--max-size", type=int, default=112)
    p.add_argument("--keep", type=float, default=0.9985, help="of the averaged weights, at each step")
    p.add_argument("--rest-norm", action="store_true", help="batch norm keeps the statistics that it begins with")
    p.add_argument("--rest-stages", type=int, default=0, help="so many stages, and the stem, stay as they are")
    p.add_argument("--hold", help="a bundle whose imprints of photographs are to stay; needs its stages resting")
    p.add_argument("--f32", action="store_true", help="for processors without bf16 arithmetic")
    p.add_argument("--memory", type=int, default=1024, help="garments to tell the present ones from, with --sides")
    p.add_argument("--temperature", type=float, default=0.04, help="of telling garments apart")
    p.add_argument("--save-every", type=float, default=5.0, help="minutes")
    for name, value in [("feat", 3.0), ("soft", 0.5), ("hard", 0.25), ("relation", 0.5),
                        ("supcon", 0.5), ("pair", 1.0), ("prompt", 0.5), ("drawn", 0.5), ("named", 0.6), ("pairs", 0.6), ("same", 1.0), ("hold", 10.0)]:
        p.add_argument(f"--w-{name}", type=float, default=value)
    return p


def main() -> None:
    args = parser().parse_args()
    if args.hold and not args.rest_stages:
        raise SystemExit("--hold needs --rest-stages")
    print(json.dumps(vars(args)), flush=True)
    if args.processes == 1:
        Trainer(args, 0).run()
        return
    Trainer(args, 0)  # makes the cached files, once
    meet = Path(args.out) / f"meet-{time.time_ns()}"
    torch.multiprocessing.spawn(work, (args, str(meet)), nprocs=args.processes)
    meet.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
