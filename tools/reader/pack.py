"""The packaged weights for training: those pieces alone that the pairs need.

python -m tools.reader.pack PAIRS.npz BASE.npz
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from tools.reader.model import pack_base


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("pairs", type=Path)
    parser.add_argument("base", type=Path)
    options = parser.parse_args()
    with np.load(options.pairs) as data:
        pack_base(options.base, data["vocabulary"])


if __name__ == "__main__":
    main()
