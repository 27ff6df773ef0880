"""Random models that read images: convolutions, pooling, borders, branches, and a vector or a sequence at the end."""

from __future__ import annotations

from typing import Any

from drawn import Drawn
from hypothesis import strategies as st
from models import keras, numbers

L: Any = keras.layers
_SAMPLES = 2
_CALM = ("tanh", "sigmoid", "relu", "linear", "softsign", "softmax", "elu")
_MERGED = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")
_Made = tuple[str, dict[str, Any]]


@st.composite
def image_models(draw: st.DrawFn) -> Drawn:
    """A model of up to five layers on an image, and one that makes a vector of what they leave."""
    rows, columns, channels = draw(st.integers(1, 6)), draw(st.integers(1, 6)), draw(st.integers(1, 3))
    seed = draw(st.integers(0, 2**16))
    shape, layers = (rows, columns, channels), []
    for _ in range(draw(st.integers(1, 5))):
        name, options = draw(_layer(shape))
        shape = _made(name, options, shape)
        layers.append((name, options))
    end = draw(st.sampled_from(["Flatten", "GlobalAveragePooling2D", "GlobalMaxPooling2D", "row by row"]))

    def make() -> Any:
        x = y = keras.Input((rows, columns, channels))
        for name, options in layers:
            y = _apply(name, options, y)
        if end == "row by row":
            y = L.SimpleRNN(2)(L.Reshape((y.shape[1], y.shape[2] * y.shape[3]))(y))
        else:
            y = getattr(L, end)()(y)
        return keras.Model(x, y)

    recipe = " → ".join([f"image {(rows, columns, channels)}, seed {seed}", *(f"{n} {o}" for n, o in layers), end])
    return Drawn(make, seed, numbers(_SAMPLES, rows, columns, channels, seed=seed), recipe)


def _made(name: str, options: dict[str, Any], shape: tuple[int, int, int]) -> tuple[int, int, int]:
    """The shape that a layer makes, as Keras's documentation says."""
    *sides, channels = shape
    window = options.get("pool_size") or options.get("kernel_size")
    if window is not None and name not in _MERGED:
        strides = options.get("strides", (1, 1))
        strides = strides if isinstance(strides, tuple) else (strides, strides)
        if name == "Conv2DTranspose":
            more = [0 if options["padding"] == "same" else max(k - s, 0) for k, s in zip(window, strides, strict=True)]
            sides = [side * stride + extra for side, stride, extra in zip(sides, strides, more, strict=True)]
            return (sides[0], sides[1], options["filters"])
        shrink = [0, 0] if options["padding"] == "same" else [places - 1 for places in window]
        sides = [-(-(side - less) // stride) for side, less, stride in zip(sides, shrink, strides, strict=True)]
        channels = options.get("filters", channels * options.get("depth_multiplier", 1))
    border = [
        sum(pair) for pair in options.get("cropping", ()) or (name == "ZeroPadding2D" and options["padding"]) or ()
    ]
    if border:
        sides = [side + (more if name == "ZeroPadding2D" else -more) for side, more in zip(sides, border, strict=True)]
    if name == "UpSampling2D":
        times = options["size"] if isinstance(options["size"], tuple) else (options["size"],) * 2
        sides = [side * factor for side, factor in zip(sides, times, strict=True)]
    if name == "Concatenate":
        sides, channels = ([2 * sides[0], sides[1]], channels) if options["axis"] == 1 else (sides, 2 * channels)
    return (sides[0], sides[1], options.get("units", channels))


def _apply(name: str, options: dict[str, Any], x: Any) -> Any:
    """The layer on the image; what merges reads the image and a convolution of it."""
    if name in _MERGED:
        return getattr(L, name)()([x, L.Conv2D(x.shape[-1], **options)(x)])
    if name == "Concatenate":
        return L.Concatenate(axis=options["axis"])([x, L.Dense(x.shape[-1])(x)])
    return getattr(L, name)(**options)(x)


@st.composite
def _layer(draw: st.DrawFn, shape: tuple[int, int, int]) -> _Made:
    rows, columns, channels = shape
    padding = draw(st.sampled_from(["same", "valid"]))
    largest = (3, 3) if padding == "same" else (min(3, rows), min(3, columns))
    size = (draw(st.integers(1, largest[0])), draw(st.integers(1, largest[1])))
    strides = draw(st.tuples(st.integers(1, 2), st.integers(1, 2)))
    activation = {"activation": draw(st.sampled_from(_CALM)), "use_bias": draw(st.booleans())}
    window: dict[str, Any] = {"kernel_size": size, "padding": padding}
    dilation = draw(st.integers(1, 2)) if padding == "same" else 1
    steps: dict[str, Any] = {"strides": strides} if dilation == 1 else {"dilation_rate": dilation}
    groups = draw(st.sampled_from([n for n in range(1, channels + 1) if channels % n == 0]))
    number = st.integers(0, 1)
    border = ((draw(number), draw(number)), (draw(number), draw(number)))
    choices: list[_Made] = [
        ("Conv2D", {"filters": groups * draw(st.integers(1, 2)), "groups": groups, **window, **steps, **activation}),
        ("DepthwiseConv2D", {
            "depth_multiplier": draw(st.integers(1, 2)), **window, "strides": strides[0], **activation,
        }),
        ("Conv2DTranspose", {"filters": draw(st.integers(1, 2)), **window, "strides": strides, **activation}),
        ("MaxPooling2D", {"pool_size": size, "strides": strides, "padding": padding}),
        ("AveragePooling2D", {"pool_size": size, "strides": strides, "padding": padding}),
        ("Dense", {"units": draw(st.integers(1, 3)), **activation}),
        ("Activation", {"activation": activation["activation"]}),
        ("BatchNormalization", {"center": draw(st.booleans()), "scale": draw(st.booleans())}),
        ("ZeroPadding2D", {"padding": border}),
        (draw(st.sampled_from(_MERGED)), {
            "kernel_size": 2, "padding": "same", **activation,
        }),
        ("Concatenate", {"axis": draw(st.sampled_from([1, -1, 3]))}),
    ]  # fmt: skip
    if rows > 2 and columns > 2:
        choices.append(("Cropping2D", {"cropping": border}))
    if rows * columns < 20:
        choices.append(("UpSampling2D", {"size": draw(st.sampled_from([2, (1, 2), (2, 1)]))}))
    return draw(st.sampled_from(choices))
