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


Tensors = dict[str, np.ndarray[Any, Any]]


def trained(folder: Path) -> Tensors:
    """The tensors that training wrote into ``folder``."""
    tensors: Tensors = {}
    for part in ("low", "middle", "high"):
        with np.load(folder / f"{part}.npz") as data:
            tensors |= {name: data[name].astype(np.float32) for name in data.files}
    return tensors


def between(one: Tensors, other: Tensors, share: float) -> Tensors:
    """Each tensor ``share`` of the way from ``other`` to ``one``."""
    return {name: share * one[name] + (1 - share) * other[name] for name in one}


def adapter_of(tensors: Tensors) -> Tensors:
    """``tensors`` as they are stored: matrices of layers at 8 bits, the rest at half precision."""
    stored: Tensors = {}
    for name, values in tensors.items():
        if name.startswith("layers.") and name.endswith(_MATRICES):
            stored[name], stored[f"{name.removesuffix('.weight')}.scale"] = quantised(values)
        else:
            stored[name] = values.astype(np.float16)
    return stored


def main() -> None:
    from safetensors.numpy import save_file

    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--beside", type=Path, help="another run's folder")
    parser.add_argument("--share", type=float, default=0.7)
    options = parser.parse_args()
    tensors = trained(options.folder)
    if options.beside:
        tensors = between(tensors, trained(options.beside), options.share)
    save_file(adapter_of(tensors), options.out)


if __name__ == "__main__":
    main()
