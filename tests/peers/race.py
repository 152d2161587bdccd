"""Candidates that take turns, so that a machine whose speed drifts slows all of them alike."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable

ROOT = Path(__file__).resolve().parents[2]

Candidate = Callable[[], float]
"""Does the work once and returns the milliseconds it took."""


class Ours:
    """One of our example programs, which times jobs that it reads line by line."""

    def __init__(self, *command: str | Path, threads: int) -> None:
        self.process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "RAYON_NUM_THREADS": str(threads)},
        )

    def line(self) -> str:
        return self.process.stdout.readline()

    def job(self, line: str) -> Candidate:
        def run() -> float:
            self.process.stdin.write(f"{line} 1\n")
            self.process.stdin.flush()
            return json.loads(self.line())[0]

        return run

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def timed(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> Candidate:
    def run() -> float:
        start = clock()
        work()
        return (clock() - start) * 1e3

    return run


def race(title: str, candidates: dict[str, Candidate], rounds: int) -> dict[str, float]:
    """Takes turns, prints medians and each one's ratio to the first (ours); returns the medians."""
    for run in candidates.values():
        run()  # warm up
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(rounds):
        for name, run in candidates.items():
            times[name].append(run())
    medians = {name: statistics.median(values) for name, values in times.items()}
    ours = medians[next(iter(medians))]
    print(f"\n### {title}\n\n| | median ms | min | to the first |\n|---|---|---|---|")
    for name, median in medians.items():
        print(f"| {name} | {median:.3f} | {min(times[name]):.3f} | {median / ours:.2f} |")
    sys.stdout.flush()
    return medians
