"""Unit vectors that lie as a CLIP's do, from a seed.

Pictures share a direction (the cone), lie in 2,000 clusters that are stretched differently, and fill a
spectrum that decays. Words lie apart from all pictures (cosine about 0.25) and point weakly to one.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

CLUSTERS = 2_000
CHUNK = 50_000


class Space:
    """Draws pictures and words of one seed."""

    def __init__(self, dimension: int, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.dimension = dimension
        basis = np.linalg.qr(self.rng.normal(size=(dimension, dimension)))[0]
        self.basis = basis.astype(np.float32)
        spectrum = (1 + np.arange(dimension)) ** -0.35
        self.spectrum = (spectrum / np.linalg.norm(spectrum)).astype(np.float32)
        self.cone, self.said = self.basis[dimension - 1], self.basis[dimension - 2]
        self.centres = self.rng.normal(size=(CLUSTERS, dimension)).astype(np.float32) * self.spectrum * 0.6
        self.stretch = self.spectrum * self.rng.lognormal(0, 0.6, size=(CLUSTERS, dimension)).astype(np.float32)
        self.stretch *= self.rng.uniform(0.15, 0.4, size=(CLUSTERS, 1)).astype(np.float32)

    def pictures(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """`[count, dimension]` f32 and the clusters they are of."""
        member = (CLUSTERS * self.rng.random(count) ** 1.5).astype(np.int64)
        noise = self.rng.standard_normal((count, self.dimension), dtype=np.float32)
        out = (self.centres[member] + self.stretch[member] * noise) @ self.basis
        return unit(out + 0.75 * self.cone), member

    def words(self, count: int) -> np.ndarray:
        """`[count, dimension]` f32, each near to what a picture shows of its own."""
        meant = self.pictures(count)[0]
        meant = unit(meant - np.outer(meant @ self.cone, self.cone))
        noise = unit(self.rng.standard_normal((count, self.dimension), dtype=np.float32))
        return unit(0.25 * self.cone + 0.4 * meant + 0.6 * self.said + 0.6 * noise)


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def write(folder: Path, count: int, dimension: int = 512, queries: int = 500) -> Path:
    """Files that `time_search` reads: f16 rows, and for each picture whether it is of a near cluster."""
    if (folder / "words.f16").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    space = Space(dimension, seed=1)
    pictures = space.pictures(queries)[0]
    words = space.words(queries)
    with open(folder / "vectors.f16", "wb") as rows, open(folder / "tags.u8", "wb") as tags:
        for start in range(0, count, CHUNK):
            vectors, member = space.pictures(min(CHUNK, count - start))
            rows.write(vectors.astype(np.float16).tobytes())
            tags.write((member % 5 < 3).astype(np.uint8).tobytes())
    pictures.astype(np.float16).tofile(folder / "pictures.f16")
    words.astype(np.float16).tofile(folder / "words.f16")
    return folder


def read(folder: Path, name: str, dimension: int = 512) -> np.ndarray:
    """Unit vectors, f32."""
    return unit(np.fromfile(folder / f"{name}.f16", np.float16).reshape(-1, dimension).astype(np.float32))


if __name__ == "__main__":
    import sys

    write(Path(sys.argv[1]), int(sys.argv[2]))
