"""Searches among vectors: ours beside FAISS, usearch and hannoy, in one run.

Every round asks each candidate a block of queries in a row, in turn, so that a machine whose speed drifts slows all of
them alike. Ours is a process of its own: asked one query at a time it would find its caches cold, while the peers, which
are in the process that asks, would not. Times are CPU milliseconds of the one thread that asks, medians. A peer's
parameter is the smallest of those tried that reaches the recall. Prints Markdown; `cargo xtask bench --peers --only
indexes` prepares everything and calls this.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Callable

import numpy as np

import vectors

RECALL = 0.95
K = 10
QUERIES = 100
# Queries in a row.
BLOCK = 50
FILTERS = ("category=half", "brand=twentieth", "color=rare", "size=odd", "material=near")


class Ours:
    """`time_search`, which answers jobs that it reads line by line."""

    def __init__(self, program: Path, folder: Path, dimension: int, *options: str) -> None:
        self.process = subprocess.Popen(
            [str(program), str(folder), str(dimension), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "RAYON_NUM_THREADS": "1"},
        )
        self.built = json.loads(self.process.stdout.readline())

    def ask(self, job: str) -> object:
        self.process.stdin.write(job + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def cpu_ms(work: Callable[[], object]) -> float:
    start = time.thread_time_ns()
    work()
    return (time.thread_time_ns() - start) / 1e6


def recall(truth: np.ndarray, found: np.ndarray) -> float:
    return float(np.mean([len(set(a) & set(b)) / len(a) for a, b in zip(truth, found)]))


class Peer:
    """An index with one parameter that trades time for recall."""

    def __init__(self, name: str, search: Callable, tune: Callable[[int], None], values: list[int]) -> None:
        self.name, self.search, self.tune, self.values = name, search, tune, values
        self.value, self.recall = values[-1], 0.0

    def choose(self, queries: np.ndarray, truth: np.ndarray) -> None:
        """The smallest parameter that reaches the recall, or the largest one."""
        for value in self.values:
            self.tune(value)
            self.value = value
            self.recall = recall(truth, np.vstack([self.search(query[None], K) for query in queries]))
            if self.recall >= RECALL:
                return


def peers(rows: np.ndarray, kinds: set[str]) -> tuple[object, list[Peer], dict[str, float]]:
    """FAISS's, usearch's and hannoy's, with the CPU seconds that each took to build."""
    import faiss

    faiss.omp_set_num_threads(os.cpu_count() or 1)
    count, dimension = rows.shape
    built: dict[str, float] = {}
    found: list[Peer] = []

    def make(name: str, work: Callable[[], object]) -> object:
        start = time.process_time()
        made = work()
        built[name] = time.process_time() - start
        return made

    flat = faiss.IndexFlatIP(dimension)
    make("FlatIP", lambda: flat.add(rows))
    lists = int(4 * np.sqrt(count)) // 64 * 64 or 64
    if "ivf" in kinds:
        ivf = faiss.IndexIVFFlat(faiss.IndexFlatIP(dimension), dimension, lists, faiss.METRIC_INNER_PRODUCT)
        make("IVFFlat", lambda: (ivf.train(rows[:: max(1, count // (40 * lists))]), ivf.add(rows)))
        search = lambda query, k: ivf.search(query, k)[1]
        found.append(Peer("IVFFlat", search, lambda n: setattr(ivf, "nprobe", n), [1, 2, 4, 8, 16, 32, 64, 128]))
    if "rabitq" in kinds and hasattr(faiss, "IndexIVFRaBitQ"):
        coarse = faiss.IndexFlatIP(dimension)
        rabitq = faiss.IndexIVFRaBitQ(coarse, dimension, lists, faiss.METRIC_INNER_PRODUCT)
        make("IVFRaBitQ", lambda: (rabitq.train(rows[:: max(1, count // (40 * lists))]), rabitq.add(rows)))

        def rescored(query: np.ndarray, k: int) -> np.ndarray:
            near = rabitq.search(query, 20 * k)[1][0]
            near = near[near >= 0]
            return near[np.argsort(-(rows[near] @ query[0]))[:k]][None]

        found.append(Peer("IVFRaBitQ + rescore", rescored, lambda n: setattr(rabitq, "nprobe", n), [4, 8, 16, 32, 64, 128]))
    if "hnsw" in kinds:
        hnsw = faiss.IndexHNSWFlat(dimension, 32, faiss.METRIC_INNER_PRODUCT)
        hnsw.hnsw.efConstruction = 100
        make("HNSW32", lambda: hnsw.add(rows))
        search = lambda query, k: hnsw.search(query, k)[1]
        tune = lambda n: setattr(hnsw.hnsw, "efSearch", n)
        found.append(Peer("HNSW32", search, tune, [16, 32, 64, 128, 256, 512]))
    if "usearch" in kinds:
        from usearch.index import Index

        graph = Index(ndim=dimension, metric="ip", dtype="f16")
        make("usearch f16", lambda: graph.add(np.arange(count), rows.astype(np.float16)))
        search = lambda query, k: graph.search(query[0].astype(np.float16), k).keys[None].astype(int)
        found.append(Peer("usearch f16", search, lambda n: setattr(graph, "expansion_search", n), [32, 64, 128, 256, 512]))
    if "hannoy" in kinds:
        found.append(hannoys(rows, make))
    faiss.omp_set_num_threads(1)
    return flat, found, built


def hannoys(rows: np.ndarray, make: Callable) -> Peer:
    """The graph in LMDB that comes after arroy; the rows are of unit length."""
    import hannoy

    folder = tempfile.TemporaryDirectory()
    database = hannoy.Database(folder.name, hannoy.Metric.COSINE, env_size=16 << 30)

    def build() -> None:
        with database.writer(rows.shape[1], m=16, ef=96) as writer:
            writer.add_items(list(range(len(rows))), rows)

    make("hannoy", build)
    reader, ef = database.reader(), [0]

    def search(query: np.ndarray, k: int) -> np.ndarray:
        return np.array([[item for item, _ in reader.by_array(query[0], n=k, ef_search=ef[0])]])

    def tune(value: int) -> None:
        ef[0] = value

    peer = Peer("hannoy", search, tune, [16, 32, 64, 128, 256, 512])
    peer.folder = folder
    return peer


def race(ours: Ours, kinds: list[str], name: str, queries: np.ndarray, flat: object, others: list[Peer], rounds: int) -> float:
    """Prints one table and returns our median."""
    truth = flat.search(queries, K)[1]
    for peer in others:
        peer.choose(queries, truth)
    times: dict[str, list[float]] = {}
    for turn in range(max(1, rounds // BLOCK)):
        block = [queries[(turn * BLOCK + n) % len(queries)][None] for n in range(BLOCK)]
        for kind in kinds:
            times.setdefault(f"knytt {kind}", []).extend(ours.ask(f"time {kind} {name} {K} - {BLOCK}")["cpu"])
        times.setdefault("FAISS FlatIP", []).extend(cpu_ms(lambda: flat.search(query, K)) for query in block)
        for peer in others:
            asked = (cpu_ms(lambda: peer.search(query, K)) for query in block)
            times.setdefault(f"{peer.name} ({peer.value})", []).extend(asked)
    found = {f"knytt {kind}": ours.ask(f"recall {kind} {name} {K} - {QUERIES}") for kind in kinds}
    found |= {f"{peer.name} ({peer.value})": peer.recall for peer in others} | {"FAISS FlatIP": 1.0}
    mine = statistics.median(times[f"knytt {kinds[0]}"])
    print(f"\n### {name}, top {K}\n\n| | recall@{K} | median CPU ms | min | it / ours |\n|---|---|---|---|---|")
    for candidate, values in times.items():
        median = statistics.median(values)
        print(f"| {candidate} | {found[candidate]:.3f} | {median:.3f} | {min(values):.3f} | {median / mine:.2f} |")
    return mine


def filters(ours: Ours) -> None:
    print("\n| filter | kind | recall@10 | median CPU ms |\n|---|---|---|---|")
    for condition in FILTERS:
        for kind in ("auto", "exact"):
            found = ours.ask(f"recall {kind} pictures {K} {condition} {QUERIES}")
            times = ours.ask(f"time {kind} pictures {K} {condition} {QUERIES}")["cpu"]
            print(f"| {condition} | {kind} | {found:.3f} | {statistics.median(times):.3f} |")


def indexes(programs: Path, cache: Path, rounds: int, sizes: list[int], dimension: int, kinds: set[str]) -> None:
    for size in sizes:
        folder = vectors.write(cache / f"vectors-{size}", size, dimension)
        ours = Ours(programs / "time_search", folder, dimension, *(["arroy"] if "arroy" in kinds else []))
        info = ours.built["info"]
        print(f"\n## {size:,} × {dimension}, 1 thread, kernel {info['index']['exact_kernel']}\n")
        if ours.built["built"]:
            print(f"Built in {ours.built['cpu_s']:.1f} CPU s; {json.dumps(info['databases'])}")
        rows = vectors.read(folder, "vectors", dimension)
        flat, others, built = peers(rows, kinds)
        print("Peers' builds, CPU s:", {name: round(seconds, 1) for name, seconds in built.items()})
        mine = ["segments", "exact", *(["arroy"] if "arroy" in kinds else [])]
        medians = {}
        for name in ("pictures", "words"):
            queries = vectors.read(folder, name, dimension)[:QUERIES]
            medians[name] = race(ours, mine, name, queries, flat, others, rounds)
        print(f"\nwords / pictures: {medians['words'] / medians['pictures']:.2f}")
        filters(ours)
        ours.close()
