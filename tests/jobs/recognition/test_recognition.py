"""A recogniser of others, plugged in as an ONNX file: here a small one that tells dark pictures from bright ones."""

import datetime as dt
import io
from pathlib import Path

import numpy as np
import onnx
import pytest
from PIL import Image

from sandan.jobs.recognition.intake import take_pictures
from sandan.jobs.recognition.recogniser import Recogniser, read_labels
from sandan.record.errors import ConfigError, InputError
from sandan.record.home import HomePaths
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake
from sandan.record.pictures.store import Pictures
from sandan.record.settings import load_settings


def write_model(path: Path, channels: int = 3, labels: int = 2) -> Path:
    """Scores of `labels` labels from the mean brightness m: 20 m - 10, 10 - 20 m, and -50 for further ones."""
    slope, shift = [20.0, -20.0, *[0.0] * labels][:labels], [-10.0, 10.0, *[-50.0] * labels][:labels]
    tensor = onnx.numpy_helper.from_array
    nodes = [
        onnx.helper.make_node("ReduceMean", ["picture", "axes"], ["mean"], keepdims=0),
        onnx.helper.make_node("Reshape", ["mean", "column"], ["tall"]),
        onnx.helper.make_node("MatMul", ["tall", "slope"], ["scaled"]),
        onnx.helper.make_node("Add", ["scaled", "shift"], ["scores"]),
    ]
    graph = onnx.helper.make_graph(
        nodes, "brightness",
        [onnx.helper.make_tensor_value_info("picture", onnx.TensorProto.FLOAT, ["n", channels, 16, 16])],
        [onnx.helper.make_tensor_value_info("scores", onnx.TensorProto.FLOAT, ["n", labels])],
        [
            tensor(np.array([1, 2, 3], dtype=np.int64), "axes"), tensor(np.array([-1, 1], dtype=np.int64), "column"),
            tensor(np.array([slope], dtype=np.float32), "slope"), tensor(np.array(shift, dtype=np.float32), "shift"),
        ],
    )  # fmt: skip
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return path


def picture(brightness: int) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (40, 30), (brightness,) * 3).save(target, "PNG")
    return target.getvalue()


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    (tmp_path / "labels.txt").write_text("cotton shirt\n!capsules\n")
    return tmp_path / "labels.txt"


def test_it_sees_what_the_model_says(tmp_path: Path, labels: Path) -> None:
    recogniser = Recogniser(write_model(tmp_path / "m.onnx"), read_labels(labels))
    bright, dark = (recogniser.look(Image.new("L", (50, 70), value), 0.5) for value in (250, 10))
    assert bright is not None and (bright.label, bright.is_prohibited) == ("cotton shirt", False) and bright.confidence > 0.99
    assert dark is not None and (dark.label, dark.is_prohibited) == ("capsules", True)
    assert recogniser.look(Image.new("L", (50, 70), 128), 0.9) is None


def test_pictures_become_records_of_scans_and_stay_in_the_home(tmp_path: Path, labels: Path) -> None:
    folder = tmp_path / "xray"
    folder.mkdir()
    for name, data in {"W1.png": picture(240), "W2_1.png": picture(5), "W3.png": b"no picture", "W4.png": picture(128)}.items():
        (folder / name).write_bytes(data)
    settings = load_settings(tmp_path / "home")
    recogniser = Recogniser(write_model(tmp_path / "m.onnx"), read_labels(labels))
    taken = take_pictures(settings, folder, recogniser, 0.9)
    assert (taken.n_kept, taken.unsure, len(taken.refused)) == (3, 1, 1) and taken.refused[0].startswith("W3.png: is no PNG")
    con = connect(threads=1)
    try:
        rows = Frames(Lake(HomePaths(settings.home).lake), con, None).current("scans").order_by("logistics_no").to_pyarrow().to_pylist()
    finally:
        con.disconnect()
    assert [(row["logistics_no"], row["recognised"], row["prohibited"]) for row in rows] == [
        ("W1", "cotton shirt", None),
        ("W2", "capsules", "capsules"),
    ]
    assert rows[0]["confidence"] > 0.9 and rows[0]["scanned_at"] <= dt.datetime.now(dt.UTC)
    assert Pictures(HomePaths(settings.home)).content(rows[1]["image"])[1] == picture(5)
    again = take_pictures(settings, folder, recogniser, 0.9)
    assert again.account is not None and again.account.total("duplicate") == 2 and again.account.total("loaded") == 0


def test_without_a_recogniser_they_are_only_kept(tmp_path: Path) -> None:
    (tmp_path / "xray").mkdir()
    (tmp_path / "xray" / "W1.png").write_bytes(picture(240))
    settings = load_settings(tmp_path / "home")
    taken = take_pictures(settings, tmp_path / "xray", None, 0.5)
    assert taken.n_kept == 1 and taken.account is None and len(Pictures(HomePaths(settings.home)).of_parcel("W1")) == 1
    (tmp_path / "none").mkdir()
    with pytest.raises(InputError, match="pictures called after their parcels"):
        take_pictures(settings, tmp_path / "none", None, 0.5)


def test_models_and_labels_that_do_not_fit_are_named(tmp_path: Path, labels: Path) -> None:
    two = read_labels(labels)
    with pytest.raises(ConfigError, match="not one picture as"):
        Recogniser(write_model(tmp_path / "grey.onnx", channels=1), two)
    with pytest.raises(ConfigError, match=r"gives \(3,\) figures, there are 2 labels"):
        Recogniser(write_model(tmp_path / "three.onnx", labels=3), two)
    (tmp_path / "no.onnx").write_bytes(b"no model")
    with pytest.raises(ConfigError, match="cannot be loaded as an ONNX model"):
        Recogniser(tmp_path / "no.onnx", two)
    for text in ("", "a\n\nb", "a|b", "!"):
        labels.write_text(text)
        with pytest.raises(ConfigError, match="a label a line"):
            read_labels(labels)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_labels(tmp_path / "nowhere.txt")
