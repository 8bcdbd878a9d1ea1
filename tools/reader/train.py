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
from torch import Tensor
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tools.reader.model import Reader, load_base
from tools.reader.sampling import Pair, Pairs

LENGTHS = (96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448)
LOW, RANK = 6, 32
LEAST_LR = 0.02
WARM_UP = 250
STATE = "state.pt"


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
    span = functional.cross_entropy(starts, start, reduction="none") + functional.cross_entropy(
        ends, end, reduction="none"
    )
    known = functional.binary_cross_entropy_with_logits(logit, answers * 0.96 + 0.02)
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
    share = np.mean(spans) if spans else 0
    return f"auc {area:.4f} miss@5 {missed:.3f} exact {share:.3f} n {len(label)}"


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
        [
            {"params": p, "lr": lr * f, "weight_decay": d, "base": lr * f}
            for (f, d), p in groups.items()
        ],
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
    parser.add_argument("--aside", type=int, default=4000, help="pairs to measure on")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--start", type=Path, help="folder of weights to begin with")
    options = parser.parse_args()
    train(options)


def start(options: argparse.Namespace, device: torch.device) -> Reader:
    """The reader with the packaged weights, or those it is to begin with, ready to be trained."""
    with np.load(options.base) as data:
        pieces = len(data["vocabulary"])
    reader = Reader(pieces, LOW, RANK)
    load_base(reader, options.base)
    resumed = options.resume and (options.folder / STATE).exists()
    if options.start or resumed:
        load(reader, options.folder if resumed else options.start)
    trained = reader.trained()
    for name, parameter in reader.named_parameters():
        parameter.requires_grad_(name in trained)
    return reader.to(device)


def pairs_aside(file: Path, most: int) -> list[Batch]:
    """Pairs of what is kept aside, always the same."""
    pairs = Pairs(file, 5, aside=True)
    drawn = sorted((pairs.draw() for _ in range(most)), key=lambda one: len(one.ids))
    return [collate(drawn[at : at + 128]) for at in range(0, most, 128)]


class Schedule:
    """The learning rate: rising over the first steps, then falling to nothing with time."""

    def __init__(self, seconds: float, spent: float) -> None:
        self._seconds, self._spent = seconds, spent
        self._began = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds trained, in this run and in those it goes on from."""
        return self._spent + time.monotonic() - self._began

    def factor(self, step: int) -> float:
        """By how much the rate is multiplied; 0 when time is up."""
        left = 1 - self.elapsed / self._seconds
        return 0.0 if left <= 0 else min(1, (step + 1) / WARM_UP) * max(LEAST_LR, left)


def train(options: argparse.Namespace) -> None:
    """See the module's text."""
    torch.manual_seed(1)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    reader = start(options, device)
    weights = list(reader.trained().values())
    steps = optimiser(reader, options.lr)
    state, spent = options.folder / STATE, 0.0
    if options.resume and state.exists():
        saved = torch.load(state, map_location=device)
        steps.load_state_dict(saved["optimiser"])
        spent = saved["spent"]
    aside = pairs_aside(options.pairs, options.aside)
    loader = torch.utils.data.DataLoader(
        Batches(options.pairs, options.tokens, seed=11 + int(spent)),
        batch_size=None,
        num_workers=options.workers,
        prefetch_factor=8 if options.workers else None,
        pin_memory=device.type == "cuda",
    )
    schedule = Schedule(options.seconds, spent)
    print(f"{sum(one.numel() for one in weights)} weights on {device}", flush=True)

    def keep() -> None:
        print("aside", json.dumps(measure(reader, aside, device), indent=0), flush=True)
        save(reader, options.folder)
        if options.resume:
            torch.save({"optimiser": steps.state_dict(), "spent": schedule.elapsed}, state)

    kept_at = schedule.elapsed
    seen = 0
    for number, batch in enumerate(loader):
        factor = schedule.factor(number)
        if not factor:
            break
        for group in steps.param_groups:
            group["lr"] = group["base"] * factor
        with torch.autocast(device.type, torch.bfloat16):
            loss = losses(reader, batch, device)
        steps.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        steps.step()
        seen += len(batch[0])
        if number % 100 == 0:
            print(f"step {number} pairs {seen} loss {float(loss.detach()):.3f}", flush=True)
        if schedule.elapsed - kept_at > options.measure:
            keep()
            kept_at = schedule.elapsed
    keep()


if __name__ == "__main__":
    main()
