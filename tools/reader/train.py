"""Train the reader model; on a GPU in minutes, on a CPU in hours, going on where it stopped.

    python tools/reader/train.py PAIRS.npz BASE.npz FOLDER --seconds N [--batch N] [--workers N]

``PAIRS`` is of ``tools.reader.pairs``, ``BASE`` of ``tools.reader.model.pack_base``. What was
trained is written into FOLDER every few minutes, in three files of half precision (``low``,
``middle``, ``high``), with the state of the optimiser in ``state.pt`` where ``--resume`` is given.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tools.reader.model import Reader, load_base
from tools.reader.sampling import Pair, Pairs

LENGTHS = (96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448)
LOW, RANK = 6, 32
LEAST_LR = 0.02


Batch = tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, list[str]]


def collate(pairs: Sequence[Pair]) -> Batch:
    """One tensor of ids (b, t), t of ``LENGTHS``, and what is to be learnt."""
    longest = max(len(pair.ids) for pair in pairs)
    length = next(one for one in LENGTHS if one >= longest)
    ids = np.ones((len(pairs), length), np.int64)
    present = np.zeros((len(pairs), length), bool)
    allowed = np.zeros((len(pairs), length), bool)
    allowed[:, 0] = True
    for row, pair in enumerate(pairs):
        ids[row, : len(pair.ids)] = pair.ids
        present[row, : len(pair.ids)] = True
        allowed[row, pair.first : len(pair.ids) - 1] = True
    start = np.array([pair.start for pair in pairs])
    end = np.array([pair.end for pair in pairs])
    answers = np.array([pair.answers for pair in pairs], np.float32)
    located = np.array([pair.located for pair in pairs], np.float32)
    arrays = (ids, present, allowed, start, end, answers, located)
    tensors = [torch.from_numpy(one) for one in arrays]
    return (*tensors, [pair.source for pair in pairs])  # type: ignore[return-value]


class Batches(torch.utils.data.IterableDataset[Any]):
    """Batches of pairs of like length, about ``tokens`` tokens each, without end."""

    def __init__(self, file: Path, tokens: int, seed: int) -> None:
        self._file, self._tokens, self._seed = file, tokens, seed

    def __iter__(self) -> Iterator[Batch]:
        worker = torch.utils.data.get_worker_info()
        pairs = Pairs(self._file, self._seed + 1000 * (worker.id + 1 if worker else 0))
        random = np.random.default_rng(self._seed + (worker.id if worker else 0))
        while True:
            drawn = sorted((pairs.draw() for _ in range(6000)), key=lambda one: len(one.ids))
            batches = []
            while drawn:
                length = next(one for one in LENGTHS if one >= len(drawn[-1].ids))
                size = max(8, self._tokens // length)
                batches.append(drawn[-size:])
                drawn = drawn[:-size]
            for place in random.permutation(len(batches)):
                if len(batches[place]) >= 8:
                    yield collate(batches[place])


def losses(reader: Reader, batch: Batch, device: torch.device) -> Tensor:
    """The mean over the batch of the logit's and the span's cross entropy."""
    ids, present, allowed, start, end, answers, located = (
        one.to(device, non_blocking=True) for one in batch[:7]
    )
    logit, starts, ends = reader(ids, present)
    starts, ends = starts.masked_fill(~allowed, -1e4), ends.masked_fill(~allowed, -1e4)
    span = F.cross_entropy(starts, start, reduction="none") + F.cross_entropy(
        ends, end, reduction="none"
    )
    known = F.binary_cross_entropy_with_logits(logit, answers * 0.96 + 0.02)
    return known + (span * located).sum() / located.sum().clamp(min=1) / 2


@torch.no_grad()
def measure(reader: Reader, batches: Sequence[Batch], device: torch.device) -> dict[str, Any]:
    """AUC of the logit and share of exact spans, over all and by source."""
    reader.eval()
    scores, right, exact, names = [], [], [], []
    for batch in batches:
        ids, present, allowed = (one.to(device) for one in batch[:3])
        with torch.autocast(device.type, torch.bfloat16):
            logit, starts, ends = reader(ids, present)
        starts, ends = starts.masked_fill(~allowed, -1e4), ends.masked_fill(~allowed, -1e4)
        begin = starts[:, 1:].argmax(1) + 1
        close = ends[:, 1:].argmax(1) + 1
        none = starts[:, 0] + ends[:, 0]
        margin = starts[:, 1:].max(1)[0] + ends[:, 1:].max(1)[0] - none
        scores += (logit + margin / 4).tolist()
        hit = (begin.cpu() == batch[3]) & (close.cpu() == batch[4])
        exact += [h if s > 0 else -1 for h, s in zip(hit.tolist(), batch[3].tolist(), strict=True)]
        right += batch[5].tolist()
        names += [one.split("-")[0].split("+")[0] for one in batch[7]]
    reader.train()
    found: dict[str, Any] = {"all": _figures(scores, right, exact)}
    rows: dict[str, list[int]] = defaultdict(list)
    for row, name in enumerate(names):
        rows[name].append(row)
    for name, chosen in sorted(rows.items()):
        if len(chosen) > 60:
            found[name] = _figures(*([one[i] for i in chosen] for one in (scores, right, exact)))
    return found


def _figures(scores: list[float], right: list[float], exact: list[int]) -> str:
    value, label = np.array(scores), np.array(right)
    ranks = value.argsort().argsort() + 1.0
    positive = label.sum()
    negative = len(label) - positive
    area = (ranks[label == 1].sum() - positive * (positive + 1) / 2) / max(positive * negative, 1)
    spans = [one for one in exact if one >= 0]
    low = np.quantile(value[label == 1], 0.05) if positive else 0
    missed = float((value[label == 0] > low).mean()) if negative else 0
    return f"auc {area:.4f} miss@5 {missed:.3f} exact {np.mean(spans) if spans else 0:.3f} n {len(label)}"


def save(reader: Reader, folder: Path) -> None:
    """What was trained, in half precision, in three files."""
    parts: dict[str, dict[str, Any]] = {"low": {}, "middle": {}, "high": {}}
    for name, parameter in reader.trained().items():
        number = int(name.split(".")[1]) if name.startswith("layers.") else 0
        part = "high" if number >= 9 else "middle" if number >= LOW else "low"
        parts[part][name] = parameter.detach().float().cpu().numpy().astype(np.float16)
    folder.mkdir(parents=True, exist_ok=True)
    for part, arrays in parts.items():
        np.savez(folder / f"{part}.part.npz", **arrays)
        (folder / f"{part}.part.npz").replace(folder / f"{part}.npz")


def load(reader: Reader, folder: Path) -> None:
    """Sets what ``save`` wrote."""
    named = reader.trained()
    with torch.no_grad():
        for part in ("low", "middle", "high"):
            with np.load(folder / f"{part}.npz") as data:
                for name in data.files:
                    named[name].copy_(torch.from_numpy(data[name].astype(np.float32)))


def optimiser(reader: Reader, lr: float) -> torch.optim.Optimizer:
    """AdamW; thin matrices and heads learn faster, and nothing but matrices decays."""
    groups: dict[tuple[float, float], list[Tensor]] = defaultdict(list)
    for name, parameter in reader.trained().items():
        fast = name.endswith((".down", ".up")) or not name.startswith("layers.")
        decay = 0.01 if parameter.dim() > 1 else 0.0
        groups[(2.5 if fast else 1.0), decay].append(parameter)
    return torch.optim.AdamW(
        [{"params": p, "lr": lr * f, "weight_decay": d, "base": lr * f} for (f, d), p in groups.items()],
        betas=(0.9, 0.98),
        fused=torch.cuda.is_available(),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("pairs", type=Path)
    parser.add_argument("base", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--tokens", type=int, default=90_000, help="tokens of a batch")
    parser.add_argument("--lr", type=float, default=4e-4)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--measure", type=float, default=100, help="seconds between measurements")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--start", type=Path, help="folder of weights to begin with")
    options = parser.parse_args()
    train(options)


def train(options: argparse.Namespace) -> None:
    """See the module's text."""
    began = time.monotonic()
    torch.manual_seed(1)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.backends.cuda.matmul.allow_tf32 = True
    with np.load(options.base) as data:
        pieces = len(data["vocabulary"])
    reader = Reader(pieces, LOW, RANK)
    load_base(reader, options.base)
    if options.start:
        load(reader, options.start)
    reader.to(device)
    trained = reader.trained()
    for name, parameter in reader.named_parameters():
        parameter.requires_grad_(name in trained)
    steps = optimiser(reader, options.lr)
    aside = Pairs(options.pairs, 5, aside=True)
    drawn = sorted((aside.draw() for _ in range(4000)), key=lambda one: len(one.ids))
    kept = [collate(drawn[at : at + 128]) for at in range(0, len(drawn), 128)]
    source = Batches(options.pairs, options.tokens, seed=11)
    loader = torch.utils.data.DataLoader(
        source, batch_size=None, num_workers=options.workers,
        prefetch_factor=8 if options.workers else None, pin_memory=device.type == "cuda",
    )
    spent = 0.0
    state = options.folder / "state.pt"
    if options.resume and state.exists():
        saved = torch.load(state, map_location=device)
        load(reader, options.folder)
        steps.load_state_dict(saved["optimiser"])
        spent = saved["spent"]
    shares = Pairs(options.pairs, 1).shares()
    print(f"{sum(p.numel() for p in trained.values())} weights; shares {json.dumps(shares)}", flush=True)
    began_steps = time.monotonic()
    print(f"ready after {began_steps - began:.0f} s on {device}", flush=True)
    seen, number, running, last, shown = 0, 0, 0.0, began_steps, began_steps
    for batch in loader:
        now = time.monotonic()
        part = (spent + now - began_steps) / options.seconds
        if part >= 1:
            break
        factor = min(1, (number + 1) / 250) * max(LEAST_LR, 1 - part)
        for group in steps.param_groups:
            group["lr"] = group["base"] * factor
        with torch.autocast(device.type, torch.bfloat16):
            loss = losses(reader, batch, device)
        steps.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(trained.values()), 1.0)
        steps.step()
        number += 1
        seen += len(batch[0])
        if number % 20 == 0:
            running = 0.8 * running + 0.2 * float(loss) if running else float(loss)
        if now - shown > 20:
            shown = now
            rate = seen / (now - began_steps)
            print(f"{number} steps {seen} pairs {rate:.0f}/s loss {running:.3f}", flush=True)
        if now - last > options.measure:
            last = now
            print("aside", json.dumps(measure(reader, kept, device), indent=0), flush=True)
            save(reader, options.folder)
            if options.resume:
                torch.save({"optimiser": steps.state_dict(), "spent": spent + now - began_steps}, state)
    print("aside", json.dumps(measure(reader, kept, device), indent=0), flush=True)
    save(reader, options.folder)
    if options.resume:
        torch.save({"optimiser": steps.state_dict(), "spent": options.seconds}, state)


if __name__ == "__main__":
    main()
