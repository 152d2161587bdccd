"""The teacher: a network trained on ImageNet, and a small head on its features.

The teacher only teaches. Its features of many views of each picture are computed
once and kept; a head trained on them (with the labels) turns them into a space
of garments, and the student is trained to agree with both.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from data import random_views, take_views, whole_view

TEACHER_SIZE = 224


class Teacher:
    """MobileNetV2 as an ONNX file: [n, 3, 224, 224] in -1..1 to [n, 1280]."""

    def __init__(self, file: Path, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        self.name = self.session.get_inputs()[0].name

    def features(self, x: Tensor) -> np.ndarray:
        return self.session.run(None, {self.name: ((x - 0.5) / 0.5).numpy()})[0]


def views_and_features(
    teacher: Teacher, images: np.ndarray, views: int, seed: int, batch: int = 32
) -> tuple[np.ndarray, np.ndarray]:
    """The whole view and `views - 1` random ones of each picture.

    Gives theta [n, views, 2, 3] and the teacher's features [n, views, 1280] (f16).
    """
    rng = np.random.default_rng(seed)
    n = len(images)
    theta = random_views(n * views, rng).reshape(n, views, 2, 3)
    theta[:, 0] = whole_view()
    out = np.empty((n, views, 1280), np.float16)
    for k in range(views):
        for lo in range(0, n, batch):
            part = torch.from_numpy(np.ascontiguousarray(images[lo : lo + batch]))
            x = take_views(part, torch.from_numpy(theta[lo : lo + batch, k]), TEACHER_SIZE)
            out[lo : lo + batch, k] = teacher.features(x)
    return theta, out


class TeacherHead(nn.Module):
    """1280 features to a 256-wide space of garments, with class scores."""

    def __init__(self, classes: int, width: int = 512, dim: int = 256) -> None:
        super().__init__()
        self.drop_in = nn.Dropout(0.3)
        self.fc1 = nn.Linear(1280, width)
        self.norm = nn.BatchNorm1d(width)
        self.drop = nn.Dropout(0.4)
        self.fc2 = nn.Linear(width, dim)
        self.classes = nn.Linear(dim, classes)

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        h = F.relu(self.norm(self.fc1(self.drop_in(features))))
        e = F.normalize(self.fc2(self.drop(h)), dim=1)
        return e, self.classes(e) * 12.0


def supcon(e: Tensor, labels: Tensor, temperature: float = 0.1) -> Tensor:
    """Supervised contrastive loss over the rows that have a label."""
    keep = labels >= 0
    e, labels = e[keep], labels[keep]
    if len(e) < 2:
        return e.sum() * 0
    logits = e @ e.T / temperature
    eye = torch.eye(len(e), dtype=torch.bool)
    logits = logits.masked_fill(eye, -1e9)
    same = (labels[:, None] == labels[None]) & ~eye
    logp = F.log_softmax(logits, 1)
    count = same.sum(1)
    some = count > 0
    return -((logp * same).sum(1)[some] / count[some]).mean()


def train_head(
    features: np.ndarray, labels: np.ndarray, classes: int, seed: int, epochs: int = 30
) -> tuple[TeacherHead, Tensor]:
    """A head trained on cached features [n, views, 1280]; also their mean.

    Rows with label -1 are left out.
    """
    torch.manual_seed(seed)
    rows = np.nonzero(labels >= 0)[0]
    mean = torch.from_numpy(features[rows, 0].astype(np.float32)).mean(0)
    y = torch.from_numpy(labels)
    count = torch.bincount(y[rows], minlength=classes).float()
    weight = 1 / count.clamp(min=1).sqrt()[y[rows]]
    head = TeacherHead(classes)
    steps = epochs * len(rows) // 128
    optim = torch.optim.AdamW(head.parameters(), lr=1e-3, weight_decay=0.05)
    plan = torch.optim.lr_scheduler.OneCycleLR(optim, 2e-3, total_steps=steps, pct_start=0.15)
    for _ in range(steps):
        pick = torch.from_numpy(rows)[torch.multinomial(weight, 128, replacement=True)]
        view = torch.randint(0, features.shape[1], (128,))
        x = torch.from_numpy(features[pick.numpy(), view.numpy()].astype(np.float32)) - mean
        x = F.normalize(x, dim=1) * 20
        t = y[pick]
        lam = float(np.random.default_rng(int(torch.randint(0, 2**31, ()))).beta(0.4, 0.4))
        perm = torch.randperm(128)
        e, _ = head(x)
        _, mixed = head(lam * x + (1 - lam) * x[perm])
        loss = supcon(e, t) + lam * F.cross_entropy(mixed, t, label_smoothing=0.1)
        loss = loss + (1 - lam) * F.cross_entropy(mixed, t[perm], label_smoothing=0.1)
        optim.zero_grad()
        loss.backward()
        optim.step()
        plan.step()
    return head.eval(), mean


@torch.no_grad()
def head_outputs(head: TeacherHead, mean: Tensor, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Embeddings and class scores for features of any leading shape (f16)."""
    flat = features.reshape(-1, 1280)
    es, ls = [], []
    for lo in range(0, len(flat), 4096):
        x = torch.from_numpy(flat[lo : lo + 4096].astype(np.float32)) - mean
        e, logits = head(F.normalize(x, dim=1) * 20)
        es.append(e.numpy().astype(np.float16))
        ls.append(logits.numpy().astype(np.float16))
    shape = features.shape[:-1]
    return np.concatenate(es).reshape(*shape, -1), np.concatenate(ls).reshape(*shape, -1)
