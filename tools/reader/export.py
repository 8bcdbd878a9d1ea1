"""What training wrote into the one file that the product loads.

python -m tools.reader.export FOLDER OUT.safetensors
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from rag.reader_model.weights import quantised

_MATRICES = ("qkv.weight", "ao.weight", "fi.weight", "fo.weight")


def adapter_of(folder: Path) -> dict[str, Any]:
    """The trained tensors in ``folder``, matrices of layers at 8 bits."""
    tensors: dict[str, Any] = {}
    for part in ("low", "middle", "high"):
        with np.load(folder / f"{part}.npz") as data:
            for name in data.files:
                values = data[name]
                if name.startswith("layers.") and name.endswith(_MATRICES):
                    base = name.removesuffix(".weight")
                    tensors[name], tensors[f"{base}.scale"] = quantised(values.astype(np.float32))
                else:
                    tensors[name] = values
    return tensors


def main() -> None:
    from safetensors.numpy import save_file

    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    save_file(adapter_of(options.folder), options.out)


if __name__ == "__main__":
    main()
