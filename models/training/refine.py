"""A short last stage: the projections and the text tower, and what of the image tower
does not rest (`--rest-stages`; 4 are all of it).

What the resting stages give is computed once, so steps are cheap. Words gain most.
With all stages at rest, give it rendered garments that the image tower has not been
trained on: those look to the text tower as new pictures will.

    python refine.py --photos DIR --rendered DIR --teacher FILE --out DIR --init CHECKPOINT
"""

from __future__ import annotations

import time

import numpy as np
import torch

from data import SIDES
from train import Trainer, parser, pictures


def cached(trainer: Trainer, views: int, size: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor | None]:
    """What the resting stages give (f16) of `views` views of each photograph and of
    the rendered garments, and the held model's imprints of the former."""
    tower, resting, old = trainer.student.model.vision_model, trainer.args.rest_stages, trainer.old
    of_photos, of_rendered, was = [], [], []
    with torch.no_grad(), trainer.cast():
        for view in range(views):
            for x in pictures(trainer.photos, view, size, 0.15 if view else 0.0):
                of_photos.append(tower.early(x, resting).half())
                if old:
                    was.append(old.image(x).float())
        for x in pictures(trainer.rendered, 0, size, 0.0):
            of_rendered.append(tower.early(x, resting).half())

    def by_photo(parts: list[torch.Tensor]) -> torch.Tensor:
        whole = torch.cat(parts)
        return whole.view(views, -1, *whole.shape[1:])

    return by_photo(of_photos), torch.cat(of_rendered), by_photo(was) if old else None


def main() -> None:
    p = parser()
    p.add_argument("--photo-views", type=int, default=2)
    p.add_argument("--refine-steps", type=int, default=500)
    p.add_argument("--refine-minutes", type=float, default=0.0, help="instead of --refine-steps")
    p.add_argument("--of-photos", type=int, default=64, help="photographs in each step")
    p.add_argument("--of-rendered", type=int, default=192, help="rendered garments in each step")
    p.add_argument("--noise", type=float, default=0.15, help="on the pooled features, as a part of their spread")
    p.add_argument("--tower-rate", type=float, default=3e-4)
    p.set_defaults(rest_stages=4, rate=1e-3)
    args = p.parse_args()
    trainer = Trainer(args, 0)
    student, photos = trainer.student, trainer.photos
    student.eval()
    tower = student.model.vision_model
    tower.rest_norm()
    begin = time.time()
    of_photos, of_rendered, was = cached(trainer, args.photo_views, tower.shape.image_size)
    print(f"{time.time() - begin:.0f}s features", flush=True)
    parts = [student.model.text_model, student.model.text_projection, student.classes]
    slow = [*tower.stages[args.rest_stages :], student.model.visual_projection]
    with torch.no_grad():
        spread = tower.late(of_photos[0].float(), args.rest_stages).std(0) * args.noise
    groups = [
        {"params": [*(q for part in parts for q in part.parameters()), student.model.logit_scale]},
        {"params": [q for part in slow for q in part.parameters()], "lr": args.tower_rate},
    ]
    optim = torch.optim.AdamW(groups, lr=args.rate, betas=(0.9, 0.98), weight_decay=0.02)
    rates = [group["lr"] for group in optim.param_groups]
    known = np.nonzero(photos.labels >= 0)[0]
    begin = last_save = time.time()
    step, progress = 0, 0.0
    while progress < 1:
        for group, rate in zip(optim.param_groups, rates):
            group["lr"] = rate * min(1.0, progress / 0.05 + 0.02) * (0.5 * (1 + np.cos(np.pi * progress)) * 0.99 + 0.01)
        pick = trainer.np_rng.choice(known, args.of_photos, replace=False)
        view = trainer.np_rng.integers(0, args.photo_views, len(pick))
        if args.sides:
            garments = trainer.pick_garments(args.of_rendered // len(SIDES))
            pick_r = (garments[:, None] * len(SIDES) + np.arange(len(SIDES))).reshape(-1)
        else:
            pick_r = trainer.np_rng.choice(len(of_rendered), args.of_rendered, replace=False)
        maps = torch.cat([of_photos[view, pick], of_rendered[pick_r]]).float()
        x = tower.late(maps.contiguous(memory_format=torch.channels_last), args.rest_stages)
        x = x + torch.randn_like(x) * spread
        perm, lam = torch.arange(len(pick)), torch.ones(len(pick))
        losses = trainer.objectives(x, pick, view, len(pick), perm, lam, pick_r)
        if was is not None:
            losses["hold"] = trainer.hold(student.model.visual_projection(x[: len(pick)]), was[view, pick])
        optim.zero_grad()
        sum(losses.values()).backward()
        torch.nn.utils.clip_grad_norm_([q for group in groups for q in group["params"]], 5.0)
        optim.step()
        step += 1
        progress = (time.time() - begin) / (60 * args.refine_minutes) if args.refine_minutes else step / args.refine_steps
        with torch.no_grad():
            student.model.logit_scale.clamp_(0, np.log(50))
        trainer.average(step)
        if step % 20 == 0:
            said = " ".join(f"{k} {float(v.detach()):.3f}" for k, v in losses.items())
            print(f"{time.time() - begin:.0f}s step {step} {progress:.3f} {said}", flush=True)
        if time.time() - last_save > args.save_every * 60:
            last_save = time.time()
            trainer.save(step)
    trainer.save(step)


if __name__ == "__main__":
    main()
