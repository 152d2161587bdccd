"""Weights between two bundles of the same shape, in a straight line.

    python blend.py --old DIR --new DIR --share 0.35 --out DIR

A model trained on from another gives a little of what it forgot back this way.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from safetensors.torch import load_file, save_file


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--old", type=Path, required=True)
    p.add_argument("--new", type=Path, required=True)
    p.add_argument("--share", type=float, required=True, help="of the new one's weights")
    p.add_argument("--out", type=Path, required=True)
    args = p.parse_args()
    old, new = (load_file(folder / "model.safetensors") for folder in (args.old, args.new))
    args.out.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "preprocessor_config.json", "tokenizer.json"):
        shutil.copy(args.new / name, args.out / name)
    blend = {k: old[k].float().lerp(new[k].float(), args.share).to(old[k].dtype).contiguous() for k in old}
    save_file(blend, args.out / "model.safetensors", metadata={"format": "pt"})


if __name__ == "__main__":
    main()
