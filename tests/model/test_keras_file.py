"""Reading `.keras` files from anybody."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xlcheck.errors import ModelError, NotSupportedError
from xlcheck.model.keras_file import load_model
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_reader import read_model

pytestmark = [
    pytest.mark.keras,
    # Keras's own conversion of its variables, with NumPy 2.
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"),
]


def mine(x: Any) -> Any:
    return x


def saved(path: Path, *layers: Any, loss: Any = "binary_crossentropy") -> Path:
    keras = import_keras()
    model = keras.Sequential([keras.Input((2,)), *layers, keras.layers.Dense(1, activation="sigmoid", name="dense")])
    model.compile(loss=loss)
    model.save(path)
    return path


def rewrite(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Change the parts of a `.keras` file."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_standard_model_loads(tmp_path: Path) -> None:
    """A model of Keras's own layers loads with its loss and predicts."""
    model = load_model(saved(tmp_path / "m.keras"))

    assert read_model(model).loss == "binary_crossentropy"
    assert np.isfinite(np.asarray(model(np.ones((1, 2))))).all()


def test_lambda_layer_is_refused_by_name(tmp_path: Path) -> None:
    """A Lambda layer holds Python code, which is never run; the message names the layer."""
    layer = import_keras().layers.Lambda(lambda x: x, name="sneaky")

    with pytest.raises(ModelError, match="'sneaky' is a Lambda layer"):
        load_model(saved(tmp_path / "m.keras", layer))


def test_a_refusal_for_code_names_what_else_is_not_supported(tmp_path: Path) -> None:
    """Nobody has to build the model anew only to meet the next refusal."""
    layers = import_keras().layers
    model = import_keras().Sequential([
        import_keras().Input((2,)), layers.Lambda(lambda x: x, name="first"), layers.Hashing(3, name="norm"),
        layers.Dense(1), layers.Lambda(lambda x: x, name="second"),
    ])  # fmt: skip
    model.save(tmp_path / "m.keras")

    said = r"'first' is a Lambda layer.*; nor are these supported: 'second' \(Lambda\), 'norm' \(Hashing\)$"
    with pytest.raises(ModelError, match=said):
        load_model(tmp_path / "m.keras")


def test_custom_layer_is_refused_by_name(tmp_path: Path) -> None:
    """A layer from somebody's module is refused before Keras looks for it."""

    class Mine(import_keras().layers.Layer):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            return x

    with pytest.raises(ModelError, match=r"'extra' needs .*Mine, which is not part of Keras"):
        load_model(saved(tmp_path / "m.keras", Mine(name="extra")))


def test_custom_activation_is_refused_by_name(tmp_path: Path) -> None:
    """A function that Keras does not know is named with its layer."""
    path = saved(tmp_path / "m.keras", import_keras().layers.Dense(2, activation=mine, name="odd"))

    with pytest.raises(ModelError, match=r"'odd' needs builtins\.mine"):
        load_model(path)


def test_foreign_module_is_never_imported(tmp_path: Path) -> None:
    """A file that names a function of another library does not get it imported."""

    def poison(parts: dict[str, bytes]) -> None:
        config = json.loads(parts["config.json"])
        config["config"]["layers"][1] |= {"module": "subprocess", "class_name": "Popen", "registered_name": None}
        parts["config.json"] = json.dumps(config).encode()

    with pytest.raises(ModelError, match=r"subprocess\.Popen, which is not part of Keras"):
        load_model(rewrite(saved(tmp_path / "m.keras"), poison))


def test_another_part_of_keras_is_called_what_it_is(tmp_path: Path) -> None:
    """A quantised layer is refused for what it is made of, which is nobody's own code."""
    layer = import_keras().layers.Dense(2, name="small")
    model = import_keras().Sequential([import_keras().Input((3,)), layer])
    layer.quantize("int8")
    model.save(tmp_path / "m.keras")

    with pytest.raises(ModelError, match=r"QuantizedDTypePolicy, which no layer that xlcheck knows needs"):
        load_model(tmp_path / "m.keras")


def test_model_of_a_class_of_its_own_is_refused_by_name(tmp_path: Path) -> None:
    """A subclass of Model is Python code, too; the sentence does not repeat the file's configuration."""
    keras = import_keras()

    class Mine(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.dense = keras.layers.Dense(1)

        def call(self, x: Any) -> Any:
            return self.dense(x)

    model = Mine()
    model(np.ones((1, 2)))
    model.save(tmp_path / "m.keras")

    with pytest.raises(ModelError, match=r"needs .*Mine, which is not part of Keras; xlcheck runs no code of a file$"):
        load_model(tmp_path / "m.keras")


def test_lambda_function_as_activation_is_refused(tmp_path: Path) -> None:
    """It is stored as marshalled code, under no class at all."""

    def smuggle(parts: dict[str, bytes]) -> None:
        config = json.loads(parts["config.json"])
        config["config"]["layers"][1]["config"]["activation"] = {"value": ["4wEAAAA=", None, None]}
        parts["config.json"] = json.dumps(config).encode()

    with pytest.raises(ModelError, match="'dense' holds Python code, a lambda function"):
        load_model(rewrite(saved(tmp_path / "m.keras"), smuggle))


@pytest.mark.parametrize(
    ("module", "name"),
    [("keras.utils", "get_file"), ("keras.config", "enable_unsafe_deserialization"), ("keras.src.ops", "Add"),
     ("keras.saving", "load_model")],
)  # fmt: skip
def test_parts_of_keras_that_can_do_more_than_compute_are_refused(module: str, name: str, tmp_path: Path) -> None:
    """Keras itself can download, unpack and switch its safe mode off; a model needs none of that."""

    def poison(parts: dict[str, bytes]) -> None:
        config = json.loads(parts["config.json"])
        config["config"]["layers"][1]["config"]["kernel_initializer"] = {
            "module": module, "class_name": name, "config": {}, "registered_name": None,
        }  # fmt: skip
        parts["config.json"] = json.dumps(config).encode()

    with pytest.raises(ModelError, match=rf"'dense' needs {module}\.{name}, which no layer that xlcheck knows needs"):
        load_model(rewrite(saved(tmp_path / "m.keras"), poison))


def test_layer_that_is_not_supported_is_refused_before_keras_makes_it(tmp_path: Path) -> None:
    """The sentence names the layer and lists what is supported."""
    layer = import_keras().layers.Hashing(3, name="group")

    with pytest.raises(NotSupportedError, match=r"'group': Hashing is not supported; take others"):
        load_model(saved(tmp_path / "m.keras", layer))


def test_custom_loss_is_left_out(tmp_path: Path) -> None:
    """A custom loss does not keep the forward pass from being read; the model then has no loss."""
    assert read_model(load_model(saved(tmp_path / "m.keras", loss=mine))).loss is None


def test_missing_file(tmp_path: Path) -> None:
    """A path without a file is named."""
    with pytest.raises(ModelError, match=r"gone\.keras: there is no such file"):
        load_model(tmp_path / "gone.keras")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and no more", b"hello"])
def test_not_a_zip(content: bytes, tmp_path: Path) -> None:
    """An empty, cut or other file is called damaged in one sentence."""
    (tmp_path / "m.keras").write_bytes(content)

    with pytest.raises(ModelError, match=r"m\.keras: this is not a \.keras file, or it is damaged"):
        load_model(tmp_path / "m.keras")


def test_zip_of_something_else(tmp_path: Path) -> None:
    """A zip without a model's configuration, such as an .xlsx, is not a .keras file."""

    def other(parts: dict[str, bytes]) -> None:
        parts["other"] = parts.pop("config.json")

    with pytest.raises(ModelError, match=r"not a \.keras file"):
        load_model(rewrite(saved(tmp_path / "m.keras"), other))


@pytest.mark.parametrize("config", [b"[]", b"{", b"\xff\xfe"])
def test_broken_configuration(config: bytes, tmp_path: Path) -> None:
    """A configuration that is no dictionary in JSON is called damaged."""
    path = rewrite(saved(tmp_path / "m.keras"), lambda parts: parts.update({"config.json": config}))

    with pytest.raises(ModelError, match="damaged"):
        load_model(path)


def test_missing_weights(tmp_path: Path) -> None:
    """A file without its weights is refused; no fresh weights take their place."""
    path = rewrite(saved(tmp_path / "m.keras"), lambda parts: parts.pop("model.weights.h5") and None)

    with pytest.raises(ModelError, match="the file holds no weights"):
        load_model(path)


def test_zip_bomb(tmp_path: Path) -> None:
    """A file that would unpack to a hundred times its size is refused before anything is unpacked."""
    path = rewrite(saved(tmp_path / "m.keras"), lambda parts: parts.update({"zeros": bytes(40_000_000)}))

    with pytest.raises(ModelError, match="it packs 38 MB of zeros more than 100 times smaller"):
        load_model(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"units": 1,', '"units": 1000000000,'),
        ("[null, 2]", "[null, 4000000000]"),
    ],
)
def test_more_weights_than_the_file_holds(old: str, new: str, tmp_path: Path) -> None:
    """A few kilobytes that ask for gigabytes of weights are refused before the first of them is made."""

    def enlarge(parts: dict[str, bytes]) -> None:
        config = parts["config.json"].decode()
        assert old in config
        parts["config.json"] = config.replace(old, new).encode()

    path = rewrite(saved(tmp_path / "m.keras"), enlarge)

    with pytest.raises(ModelError, match=r"layer 'dense' needs weights of the shape \(.*000.*\), which are more than"):
        load_model(path)


FOREIGN = [
    ("m.h5", b"\x89HDF\r\n\x1a\n", "a Keras model in the older HDF5 format; load it where it was made"),
    ("m.keras", b"\x89HDF\r\n\x1a\n", "a Keras model in the older HDF5 format"),
    ("m.weights.h5", b"\x89HDF\r\n\x1a\n", "the weights of a Keras model without its layers"),
    ("m.onnx", b"\x08\x07\x12", "an ONNX model; xlcheck reads Keras models only"),
    ("m.pt", b"PK\x03\x04", "a PyTorch model"),
    ("m.tflite", b"\x1c\x00\x00\x00TFL3", "a TensorFlow Lite model"),
]


@pytest.mark.parametrize(("name", "content", "what"), FOREIGN)
def test_models_of_other_kinds_are_called_what_they_are(name: str, content: bytes, what: str, tmp_path: Path) -> None:
    """By their content, or by their name, with what to do about it."""
    (tmp_path / name).write_bytes(content)

    with pytest.raises(ModelError, match=f"{name}: this .*{what}"):
        load_model(tmp_path / name)


def test_a_folder_with_a_saved_model_is_called_so(tmp_path: Path) -> None:
    """TensorFlow's own format is a folder."""
    (tmp_path / "saved_model.pb").write_bytes(b"")

    with pytest.raises(ModelError, match="this folder is a TensorFlow SavedModel"):
        load_model(tmp_path)


def test_all_layers_that_are_not_supported_are_named_at_once(tmp_path: Path) -> None:
    """In a file and in memory, with what to do instead of a list of everything that exists."""
    layers = import_keras().layers
    unknown = [
        layers.Hashing(3, name="group"),
        layers.SpectralNormalization(layers.Dense(2), name="spectral"),
    ]
    saved(tmp_path / "m.keras", *unknown)
    wanted = r"2 layers of the model are not supported: 'group' \(Hashing\), 'spectral' \(Spectral.*; take others"

    with pytest.raises(NotSupportedError, match=wanted):
        load_model(tmp_path / "m.keras")
    with pytest.raises(NotSupportedError, match=wanted):
        read_model(import_keras().Sequential([import_keras().Input((2,)), *unknown]))
