"""The network: a heterogeneous GraphSAGE from neighbour to identifier to consignment, one relation per kind of identifier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from sandan.gnn.pyg import SAGEConv
from sandan.gnn.sampler import Block, Sampler

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

HIDDEN = 32
_EPOCHS = 30
_BATCH = 1024
_RATE = 6e-3
_POSITIVE = 3.0


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the network sees.

    Attributes:
        own: float32 [items, f]; features of a consignment at its own moment, scaled.
        neighbour: float32 [items, g]; features of a consignment as a neighbour, known when its last list had come, scaled.
        sampler: Draws the neighbours.
    """

    own: npt.NDArray[np.float32]
    neighbour: npt.NDArray[np.float32]
    sampler: Sampler


class RingSage(nn.Module):  # type: ignore[misc]
    """Two rounds of SAGE: neighbours to the identifier they share, identifiers to the consignment, summed over kinds.

    Args:
        kinds: Kinds of identifiers.
        n_own, n_neighbour: Columns of a consignment's own features and of a neighbour's.
    """

    def __init__(self, kinds: Sequence[str], n_own: int, n_neighbour: int) -> None:
        super().__init__()
        self.kinds = tuple(kinds)
        self.gather = nn.ModuleDict({k: SAGEConv((n_neighbour, 1), HIDDEN, aggr=["mean", "max"]) for k in kinds})
        self.pass_on = nn.ModuleDict({k: SAGEConv((HIDDEN, n_own), HIDDEN, aggr=["mean", "max"], root_weight=False) for k in kinds})
        self.skip = nn.Linear(n_own, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN)
        self.drop = nn.Dropout(0.3)
        self.head = nn.Sequential(nn.Linear(HIDDEN + n_own, HIDDEN), nn.ReLU(), nn.Dropout(0.2), nn.Linear(HIDDEN, 1))

    def forward(self, own: torch.Tensor, neighbours: Mapping[str, torch.Tensor], blocks: Mapping[str, Block]) -> torch.Tensor:
        """Log odds of a batch, float32 [b]."""
        total = self.skip(own)
        for kind in self.kinds:
            block = blocks[kind]
            if not len(block.owner):
                continue
            degree = torch.log1p(torch.from_numpy(block.degree))[:, None]
            via = torch.from_numpy(np.stack([np.arange(len(block.via)), block.via]))
            shared = torch.relu(self.gather[kind]((neighbours[kind], degree), via))
            to_seed = torch.from_numpy(np.stack([np.arange(len(block.owner)), block.owner]))
            total = total + self.pass_on[kind]((shared, own), to_seed)
        hidden = self.drop(torch.relu(self.norm(total)))
        answer: torch.Tensor = self.head(torch.cat([hidden, own], dim=1))[:, 0]
        return answer


def learn_network(inputs: Inputs, items: Ints, moments: Ints, y: Floats, seed: int = 1) -> RingSage:
    """Train on labelled consignments; their neighbours need no label.

    Args:
        inputs: Features and sampler.
        items: int64 [n]; the labelled consignments.
        moments: int64 [n], microseconds; when each is looked at.
        y: float64 [n], 0 or 1.
        seed: Of weights, batches and draws; one thread, so that a run repeats itself.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        torch.manual_seed(seed)
        rng = np.random.default_rng(seed)
        model = RingSage(inputs.sampler.kinds, inputs.own.shape[1], inputs.neighbour.shape[1])
        batch = max(32, min(_BATCH, len(items) // 8))
        steps = -(-len(items) // batch)
        optimiser = torch.optim.AdamW(model.parameters(), lr=_RATE, weight_decay=1e-2)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=_RATE, total_steps=_EPOCHS * steps)
        loss_of = nn.BCEWithLogitsLoss(pos_weight=torch.tensor(_POSITIVE))
        model.train()
        for _ in range(_EPOCHS):
            for rows in np.array_split(rng.permutation(len(items)), steps):
                optimiser.zero_grad()
                loss_of(_batch(model, inputs, items[rows], moments[rows], rng), torch.from_numpy(y[rows]).float()).backward()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimiser.step()
                schedule.step()
        model.eval()
        return model
    finally:
        torch.set_num_threads(threads)


def network_logits(model: RingSage, inputs: Inputs, items: Ints, moments: Ints, seed: int = 1) -> Floats:
    """Log odds by consignment, float64 [n]; the same seed draws the same neighbours."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        model.eval()
        rng = np.random.default_rng(seed)
        parts = []
        with torch.inference_mode():
            for rows in np.array_split(np.arange(len(items)), max(1, -(-len(items) // (4 * _BATCH)))):
                parts.append(_batch(model, inputs, items[rows], moments[rows], rng).numpy())
        return np.concatenate(parts).astype(np.float64) if parts else np.zeros(0)
    finally:
        torch.set_num_threads(threads)


def _batch(model: RingSage, inputs: Inputs, items: Ints, moments: Ints, rng: np.random.Generator) -> torch.Tensor:
    blocks = inputs.sampler.draw(items, moments, rng)
    neighbours = {kind: torch.from_numpy(inputs.neighbour[block.neighbour]) for kind, block in blocks.items()}
    answer: torch.Tensor = model(torch.from_numpy(inputs.own[items]), neighbours, blocks)
    return answer


def state_of(model: RingSage) -> dict[str, Any]:
    """Shape and weights, to be saved with `torch.save`."""
    # `n_told`: so it is called in the networks that were kept.
    return {"kinds": list(model.kinds), "n_own": model.skip.in_features, "n_told": _n_neighbour(model), "weights": model.state_dict()}


def from_state(state: Mapping[str, Any]) -> RingSage:
    """The model that `state_of` described."""
    model = RingSage(state["kinds"], state["n_own"], state["n_told"])
    model.load_state_dict(state["weights"])
    model.eval()
    return model


def _n_neighbour(model: RingSage) -> int:
    channels = model.gather[model.kinds[0]].in_channels
    return int(channels[0] if isinstance(channels, tuple) else channels)
