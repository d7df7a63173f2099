"""A learned model: ranking, network where it helps, how they are blended, and what its log odds mean."""

import json
from collections.abc import Sequence
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from lightgbm.basic import LightGBMError
from scipy.special import expit

from sandan.algorithms.network.aggregates import merged
from sandan.algorithms.network.features import KINDS, Features
from sandan.gnn.ranking import Ranking, Table, Weights
from sandan.gnn.tree import Tree
from sandan.graph.view import GraphView
from sandan.record.errors import ArtefactError, DamagedFile
from sandan.record.files.checksums import check_file, checksums_below, read_sealed, seal
from sandan.record.home import whole_folder

Floats = npt.NDArray[np.float64]
# What is known of a neighbour when it arrives, out of its own row.
NEIGHBOUR = ("log_value", "log_weight", "log_price_ratio", "n_lines", "discount", "export", "parcel")
REMEDY = "restore the folder of the model from the backup, or remove it and run `sandan train`"
_MOST = 5.0
# What fields are called in `model.json` where models that were kept have them otherwise.
_KEPT_NAMES = {"neighbour": "told"}


@dataclass(frozen=True, slots=True)
class Scaling:
    """Centre and width of each column among the rows that taught."""

    centre: tuple[float, ...]
    width: tuple[float, ...]

    @classmethod
    def learn(cls, x: Floats) -> "Scaling":
        """From float64 [n, f]; columns that hardly vary have width 1."""
        known = np.where(np.isfinite(x), x, np.nan)
        empty = np.isnan(known).all(axis=0)
        known[:, empty] = 0.0
        width = np.nanstd(known, axis=0)
        return cls(tuple(np.nanmean(known, axis=0).tolist()), tuple(np.where(width > 1e-6, width, 1.0).tolist()))

    def scaled(self, x: Floats) -> npt.NDArray[np.float32]:
        """Columns around 0 with width 1, unknown as 0, far values cut; float32 [n, f]."""
        result = (x - np.array(self.centre)) / np.array(self.width)
        known = np.nan_to_num(result, nan=0.0, posinf=_MOST, neginf=-_MOST)
        cut: npt.NDArray[np.float32] = np.clip(known, -_MOST, _MOST).astype(np.float32)
        return cut


@dataclass(frozen=True, slots=True)
class Shape:
    """What a model is, apart from its trees and its network; kept as `model.json`.

    Attributes:
        model_id: Name.
        as_of: Date whose knowledge it was learned from; no run before that date may use it.
        schema: Hash of the columns.
        names: Columns of the large tree, in order.
        few: Columns of the small one.
        weights: How much the evidence of each cause counts.
        share: Weight of the network in the blend, 0 for the ranking alone.
        slope, offset: Log odds -> probability of a breach (Platt 1999).
        usual: Median of each column of `names`, for its reasons.
        own, neighbour: Scaling of the network's inputs, of a consignment and of its neighbours.
        versions: Libraries.
        signs: Columns of the tree on bits; none in a model of an older version.
        features: Columns of the network, likewise.
    """

    model_id: str
    as_of: str
    schema: str
    names: tuple[str, ...]
    few: tuple[str, ...]
    weights: Weights
    share: float
    slope: float
    offset: float
    usual: tuple[float, ...]
    own: Scaling
    neighbour: Scaling
    versions: dict[str, str]
    signs: tuple[str, ...] = ()
    features: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """A model that can be asked."""

    shape: Shape
    ranking: Ranking
    network: Any = None

    @property
    def needs_network(self) -> bool:
        """Whether it wants the features of the network too; not where it does not say which they were, as one of an older version."""
        return self.network is not None and self.shape.share > 0 and len(self.shape.own.centre) == len(self.shape.features)

    def due(self, schema: str) -> bool:
        """Whether it was made for other features than these, so that what is new says nothing in it and what is gone is unknown."""
        return self.shape.schema != schema

    def logits(self, table: Table, features: Features | None = None, view: GraphView | None = None) -> Floats:
        """Log odds of a breach by consignment, float64 [n]; features and view for a model that `needs_network`."""
        ranked = self.ranking.logits(table)
        if not self.needs_network:
            return ranked
        from sandan.gnn.network import network_logits

        assert features is not None and view is not None
        inside = np.flatnonzero(features.items >= 0)
        inputs = inputs_of(features, view, self.shape.own, self.shape.neighbour, self.shape.features)
        network = ranked.copy()
        network[inside] = network_logits(self.network, inputs, features.items[inside], features.cut[inside])
        result: Floats = (1.0 - self.shape.share) * ranked + self.shape.share * network
        return result

    def probability(self, logits: Floats) -> Floats:
        """Probability of a breach, of log odds that the companions had their part in (`sandan.algorithms.scoring.spread`)."""
        result: Floats = expit(self.shape.slope * logits + self.shape.offset)
        return result


def inputs_of(features: Features, view: GraphView, own: Scaling, neighbour: Scaling, names: Sequence[str]) -> Any:
    """The network's inputs by item of the view, its columns by name."""
    from sandan.gnn.network import Inputs
    from sandan.gnn.sampler import Sampler

    by_item = np.zeros((view.n, len(names)))
    inside = features.items >= 0
    by_item[features.items[inside]] = features.columns(names)[inside]
    sampler = Sampler({name: merged(view, kinds) for name, kinds in KINDS.items()}, view.n, complete_at=features.complete_at)
    return Inputs(own.scaled(by_item), neighbour.scaled(neighbour_columns(features, by_item, names)), sampler)


def neighbour_columns(features: Features, by_item: Floats, names: Sequence[str]) -> Floats:
    """What each item is to its neighbours, float64 [items, len(NEIGHBOUR) + 1]."""
    columns = [list(names).index(name) for name in NEIGHBOUR]
    return np.concatenate([by_item[:, columns], features.complete[:, 1:]], axis=1)


def save_model(folder: Path, model: Model, card: dict[str, Any]) -> None:
    """Write a model's folder, whole or not at all.

    Raises:
        OutputError: It cannot be written.
    """
    with whole_folder(folder, "sandan train") as part:
        kept = {_KEPT_NAMES.get(name, name): value for name, value in asdict(model.shape).items()}
        (part / "model.json").write_text(json.dumps(kept, indent=1), encoding="utf-8")
        for name, tree in model.ranking.trees.items():
            for k, text in enumerate(tree.texts()):
                (part / f"tree-{name}-{k}.txt").write_text(text, encoding="utf-8")
            usual = [value if np.isfinite(value) else None for value in tree.usual.tolist()]
            (part / f"tree-{name}.json").write_text(json.dumps({"usual": usual}), encoding="utf-8")
        if model.network is not None:
            import torch

            from sandan.gnn.network import state_of

            torch.save(state_of(model.network), part / "network.pt")
        sealed = seal({**card, "files": checksums_below(part, part.iterdir())})
        (part / "card.json").write_text(json.dumps(sealed, ensure_ascii=False, indent=1), encoding="utf-8")


def load_model(folder: Path) -> Model:
    """Read a model's folder. Without the extra `gnn` a blended model is its ranking alone.

    Raises:
        ArtefactError: Files are missing or broken.
    """
    check_model(folder)
    try:
        raw = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in raw.items()}
        for name, kept in _KEPT_NAMES.items():
            del values[kept]
            raw[name] = raw[kept]
        for name in ("own", "neighbour"):
            values[name] = Scaling(tuple(raw[name]["centre"]), tuple(raw[name]["width"]))
        values["weights"] = Weights(tuple(raw["weights"]["causes"]), tuple(raw["weights"]["weight"]), float(raw["weights"]["offset"]))
        shape = Shape(**values)
        columns = {"signs": shape.signs, "few": shape.few, "many": shape.names}
        ranking = Ranking(shape.weights, **{name: _tree(folder, name, names) for name, names in columns.items()})
        network = _network(folder / "network.pt")
    except (OSError, ValueError, TypeError, KeyError, RuntimeError, LightGBMError) as exc:
        raise ArtefactError(f"{folder}: not a model that can be read ({exc}); {REMEDY}") from exc
    return Model(shape, ranking, network)


def _tree(folder: Path, name: str, names: Sequence[str]) -> Tree:
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob(f"tree-{name}-*.txt"))]
    kept = folder / f"tree-{name}.json"  # models of older versions have none
    usual = json.loads(kept.read_text(encoding="utf-8"))["usual"] if kept.exists() else [None] * len(names)
    return Tree.read(names, texts, np.array(usual, dtype=np.float64))


def fitting_model(models: Path, as_of: str, schema: str) -> Model | None:
    """The newest model learned from what was known by a date; None without one that this version can read.

    A model made for other features is used all the same: its columns are found by name. See `Model.due`.

    Args:
        models: Folder of the models.
        as_of: ISO date of the run.
        schema: Hash of the features that it will be given.

    Raises:
        ArtefactError: The model is broken.
    """
    shapes = []
    for folder in model_folders(models):
        check_model(folder, ["model.json"])
        try:
            raw = json.loads((folder / "model.json").read_text(encoding="utf-8"))
            shapes.append((raw["as_of"], raw["model_id"], raw["schema"]))
        except (OSError, ValueError, KeyError, TypeError) as exc:
            raise ArtefactError(f"{folder / 'model.json'}: cannot be read ({exc}); {REMEDY}") from exc
    for _, model_id, made_for in sorted((entry for entry in shapes if entry[0] <= as_of), reverse=True):
        if made_for != schema and not _is_of_this_form(models / model_id / "model.json"):
            continue
        return load_model(models / model_id)
    return None


def _is_of_this_form(path: Path) -> bool:
    """Whether a model of another version is kept as this version keeps its own."""
    needed = {_KEPT_NAMES.get(field.name, field.name) for field in fields(Shape) if field.default is MISSING}
    return needed <= set(json.loads(path.read_text(encoding="utf-8")))


def newest_card(models: Path) -> dict[str, Any] | None:
    """The card of the newest model; None without one.

    Raises:
        ArtefactError: A card is missing, or is not what was written.
    """
    found = [_card(folder) for folder in model_folders(models)]
    newest = max(found, key=lambda card: (card["as_of"], card["model_id"])) if found else None
    return None if newest is None else {name: value for name, value in newest.items() if name != "files"}


def model_folders(models: Path) -> list[Path]:
    """Folders of the models that are kept, by name."""
    return sorted(path for path in models.iterdir() if path.is_dir() and path.suffix != ".part") if models.is_dir() else []


def check_model(folder: Path, names: Sequence[str] = ()) -> None:
    """See that files of a model are what was written, where checksums were kept.

    Args:
        folder: The model's.
        names: Files; none: all.

    Raises:
        ArtefactError: They are not, or are missing.
    """
    kept = _card(folder).get("files", {})
    try:
        for name in names or kept:
            if name in kept:
                check_file(folder / name, kept[name], REMEDY)
    except DamagedFile as exc:
        raise ArtefactError(str(exc)) from exc


def _card(folder: Path) -> dict[str, Any]:
    try:
        card = read_sealed(folder / "card.json", REMEDY)
    except DamagedFile as exc:
        raise ArtefactError(str(exc)) from exc
    # Not those of model.json alone, which lies beside it and has no checksum of its own in it, as cards of older versions.
    if not {"as_of", "model_id", "schema", "labelled"} <= card.keys():
        raise ArtefactError(f"{folder / 'card.json'}: cannot be read (no model's card); {REMEDY}")
    if "files" in card and card["model_id"] != folder.name:
        raise ArtefactError(f"{folder / 'card.json'}: is that of model {card['model_id']}; {REMEDY}")
    return card


def _network(path: Path) -> Any:
    if not path.exists():
        return None
    try:
        import torch

        from sandan.gnn.network import from_state
    except ImportError:
        return None
    return from_state(torch.load(path, weights_only=True))
