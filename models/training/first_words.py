"""Gives a bundle of two towers the texts of its first tower.

    python first_words.py --bundle DIR --first FIRST

DIR is a bundle of `two_towers.py`, FIRST that of its first tower. The text tower of FIRST takes the place of the one in
DIR, and its projection goes on through that half of the last projection which reads the first tower. So words rank
pictures as in FIRST, and words that mean nothing lie as close to each other as there, by which they are recognised.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from safetensors import safe_open
from safetensors.torch import load_file, save_file


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--bundle", type=Path, required=True)
    p.add_argument("--first", type=Path, required=True)
    args = p.parse_args()
    file = args.bundle / "model.safetensors"
    with safe_open(file, "pt") as opened:
        about = opened.metadata()
    bundle, first = load_file(file), load_file(args.first / "model.safetensors")
    bundle |= {name: values for name, values in first.items() if name.startswith("text_model.")}
    words = first["text_projection.weight"].float()
    half = bundle["visual_projection.weight"].float()[:, : len(words)]
    bundle["text_projection.weight"] = (half @ words).half()
    save_file(bundle, file, metadata=about)


if __name__ == "__main__":
    main()
