"""The same work in PyTorch, ONNX Runtime, OpenVINO and FAISS beside ours: medians and ratios in one run.

Every round runs each candidate once, in turn, so that a machine whose speed drifts slows all of them
alike. Prints Markdown tables; `cargo xtask bench --peers` prepares everything and calls this.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path

import numpy as np

import encoders
from race import ROOT, Ours, race, timed


def clustered(count: int, dimension: int, seed: int) -> np.ndarray:
    """Unit vectors in uneven, stretched clusters, as image embeddings lie."""
    rng = np.random.default_rng(seed)
    clusters = max(20, count // 100)
    centres = rng.normal(size=(clusters, dimension)).astype(np.float32)
    spread = rng.uniform(0.2, 0.9, size=(clusters, 1)).astype(np.float32)
    member = rng.zipf(1.3, size=count) % clusters
    out = centres[member] + spread[member] * rng.normal(size=(count, dimension)).astype(np.float32)
    return out / np.linalg.norm(out, axis=1, keepdims=True)


def indexes(ours: Path, rounds: int, sizes: list[int], dimension: int) -> None:
    import faiss

    faiss.omp_set_num_threads(1)
    for size in sizes:
        everything = clustered(size + 200, dimension, size)
        vectors, queries = everything[:size], everything[size:]
        flat = faiss.IndexFlatIP(dimension)
        flat.add(vectors)
        hnsw = faiss.IndexHNSWFlat(dimension, 32, faiss.METRIC_INNER_PRODUCT)
        hnsw.hnsw.efConstruction = 100
        faiss.omp_set_num_threads(2)
        hnsw.add(vectors)
        faiss.omp_set_num_threads(1)
        hnsw.hnsw.efSearch = 64
        truth = flat.search(queries, 10)[1]
        found = hnsw.search(queries, 10)[1]
        recall = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(truth, found)])
        with tempfile.TemporaryDirectory() as folder:
            vectors.tofile(Path(folder) / "vectors.f32")
            queries.tofile(Path(folder) / "queries.f32")
            knytt = Ours(ours / "time_search", folder, str(dimension), threads=1)
            turn = iter(range(10**9))
            one = lambda index: index.search(queries[(n := next(turn) % 200) : n + 1], 10)
            race(
                f"{size:,} × {dimension}, top 10, 1 thread (FAISS HNSW32 ef 64 recall@10 {recall:.3f})",
                {
                    "knytt exact": knytt.job("exact 10"),
                    "knytt arroy": knytt.job("arroy 10"),
                    "FAISS FlatIP": timed(lambda: one(flat)),
                    "FAISS HNSW32": timed(lambda: one(hnsw)),
                },
                rounds * 4,
            )
            knytt.process.stdin.write("recall 10 1\n")
            knytt.process.stdin.flush()
            print(f"\nrecall@10 of knytt arroy: {json.loads(knytt.process.stdout.readline())[0]:.3f}")
            knytt.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ours", type=Path, required=True, help="folder of our example programs")
    parser.add_argument("--cache", type=Path, default=ROOT / "target/peers-cache")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--sizes", type=int, nargs="*", default=[5_000, 50_000, 200_000])
    parser.add_argument("--dimension", type=int, default=512)
    parser.add_argument("--only", choices=["encoders", "indexes"])
    arguments = parser.parse_args()
    if arguments.only != "indexes":
        encoders.run(arguments.ours, arguments.cache, arguments.rounds, arguments.threads)
    if arguments.only != "encoders":
        indexes(arguments.ours, arguments.rounds, arguments.sizes, arguments.dimension)


if __name__ == "__main__":
    main()
