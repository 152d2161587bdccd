"""The same work in PyTorch, ONNX Runtime, OpenVINO and FAISS beside ours: medians and ratios in one run.

Every round runs each candidate once, in turn, so that a machine whose speed drifts slows all of them
alike. Prints Markdown tables; `cargo xtask bench --peers` prepares everything and calls this.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import encoders
from race import ROOT


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ours", type=Path, required=True, help="folder of our example programs")
    parser.add_argument("--cache", type=Path, default=ROOT / "target/peers-cache")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--sizes", type=int, nargs="*", default=[5_000, 50_000, 200_000])
    parser.add_argument("--dimension", type=int, default=512)
    kinds = ["ivf", "rabitq", "hnsw", "usearch", "arroy"]
    parser.add_argument("--kinds", nargs="*", default=kinds, help="hannoy too, which takes long to build")
    parser.add_argument("--only", choices=["encoders", "indexes"])
    arguments = parser.parse_args()
    if arguments.only != "indexes":
        encoders.run(arguments.ours, arguments.cache, arguments.rounds, arguments.threads)
    if arguments.only != "encoders":
        from indexes import indexes

        kinds = set(arguments.kinds)
        indexes(arguments.ours, arguments.cache, arguments.rounds * 10, arguments.sizes, arguments.dimension, kinds)


if __name__ == "__main__":
    main()
