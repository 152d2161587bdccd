"""A short last stage: the projections and the text tower alone.

The image tower rests, so its pooled features are computed once and steps are cheap.
Words gain most. Give it rendered garments that the image tower has not been trained
on: those look to the text tower as new pictures will.

    python refine.py --photos DIR --rendered DIR --teacher FILE --out DIR --init CHECKPOINT
"""

from __future__ import annotations

import time

import numpy as np
import torch

from train import Trainer, parser, pooled_features

PHOTOS, RENDERED = 64, 192  # in each step


def main() -> None:
    p = parser()
    p.add_argument("--photo-views", type=int, default=2)
    p.add_argument("--refine-steps", type=int, default=500)
    args = p.parse_args()
    trainer = Trainer(args, 0)
    student, photos, rendered = trainer.student, trainer.photos, trainer.rendered
    student.eval()
    size = student.model.vision_model.shape.image_size
    begin = time.time()
    tower = student.model.vision_model
    views = [pooled_features(tower, photos, v, size, 0.0 if v == 0 else 0.15, args.f32) for v in range(args.photo_views)]
    of_photos = torch.stack(views, 1)
    of_rendered = pooled_features(tower, rendered, 0, size, 0.0, args.f32)
    print(f"{time.time() - begin:.0f}s features", flush=True)
    spread = of_photos.flatten(0, 1).std(0) * 0.15
    parts = [student.model.visual_projection, student.model.text_model, student.model.text_projection, student.classes]
    parameters = [q for part in parts for q in part.parameters()] + [student.model.logit_scale]
    optim = torch.optim.AdamW(parameters, lr=1e-3, betas=(0.9, 0.98), weight_decay=0.02)
    plan = torch.optim.lr_scheduler.OneCycleLR(optim, 1e-3, total_steps=args.refine_steps, pct_start=0.1)
    known = np.nonzero(photos.labels >= 0)[0]
    for step in range(args.refine_steps):
        pick = trainer.np_rng.choice(known, PHOTOS, replace=False)
        view = trainer.np_rng.integers(0, args.photo_views, len(pick))
        pick_r = trainer.np_rng.choice(len(of_rendered), RENDERED, replace=False)
        x = torch.cat([of_photos[pick, view], of_rendered[pick_r]])
        x = x + torch.randn_like(x) * spread
        perm, lam = torch.arange(len(pick)), torch.ones(len(pick))
        losses = trainer.objectives(x, pick, view, len(pick), perm, lam, pick_r)
        optim.zero_grad()
        sum(losses.values()).backward()
        optim.step()
        plan.step()
        with torch.no_grad():
            student.model.logit_scale.clamp_(0, np.log(50))
        if step % 20 == 19:
            said = " ".join(f"{k} {float(v.detach()):.3f}" for k, v in losses.items())
            print(f"{time.time() - begin:.0f}s step {step + 1} {said}", flush=True)
    trainer.ema = student
    trainer.save(args.refine_steps)


if __name__ == "__main__":
    main()
