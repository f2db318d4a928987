"""The corpus: texts and files that try to break the readers. Large ones are made here.

`TEXTS` go to every place that takes text. `seeds` are whole inputs for each reader; what the fuzzer
finds is added to them.
"""

import io
import json
import os
import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import torch

from linreg import SETTINGS, Experiment, train, write_experiment_file
from tests.support.archives import (
    entries,
    packed,
    program,
    saved,
    state,
    storage,
    tensor,
    text,
    whole,
)

EVIL = "http://evil.example/x.png"
TEXTS = (
    f"<img src={EVIL} onerror=alert(1)>",
    "<script>alert(1)</script>",
    "</code></pre><h1>x",
    "&lt;b&gt; &#60;i&#62;",
    f"![x]({EVIL})",
    f"a|![]({EVIL})|b",
    f"`![x]({EVIL})`",
    "[x](javascript:alert(1))",
    EVIL,
    "$\\frac{1}{0}$ $$x$$",
    ":red[x] :red-background[x]",
    ":material/home: :streamlit:",
    "**x** __y__ ~~z~~",
    "# x\n- y\n\n> z\n***\n",
    "|a|b|\n|-|-|\n|1|2|",
    "``` x",
    "\\`\\|",
    "\u202egnp.x//:ptth",
    "\u2066x\u2069\u200f\u061c",
    "\u200b\ufeff\u00ad\u2028\u2029\x85",
    "\x00\x1b[2J\x7f",
    "Z\u0300\u0301\u0302\u0303" * 20,
    "\U0001f469\u200d\U0001f4bb",
    "a" * 10_000,
    "\u0661\u0662",
    "\uff11\uff12",
    "\u00bd\u00b2",
    "1e999",
    "-1e999",
    "1e-999",
    "5e-324",
    "1.7976931348623157e308",
    "nan",
    "-inf",
    "1_000",
    "0x10",
    "9" * 5_000,
    "0." + "3" * 5_000,
    "../../etc/passwd",
    "%s%n{0}{{7*7}}%{x}",
    "=cmd|' /C calc'!A0",
    "None",
    "__class__",
    "",
)
ONE = b"\x00\x00\x80?"  # 1.0 as a float32
GOOD = train(Experiment(epochs=2)).checkpoint
FILE: dict[str, Any] = json.loads(write_experiment_file(train(Experiment(epochs=2))))
DEEP = 100_000  # brackets inside each other
MANY = 100_000


def experiment_file(learned: Any = ..., **settings: Any) -> bytes:
    """An experiment file with some settings changed, and the learned part, if it is given."""
    content = {**FILE, "settings": {**FILE["settings"], **settings}}
    return json.dumps(content if learned is ... else {**content, "learned": learned}).encode()


class Runs:
    """Its pickle calls a shell command that makes a file."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f'echo run > "{self.marker}"',)


def running(marker: Path) -> Mapping[str, bytes]:
    """Files that make the file `marker` when Python opens them without care."""
    plain, call = pickle.dumps(Runs(marker), 2), Runs(marker)
    called = pickle.dumps(call, 2)[2:-1]  # without protocol and end
    good: Any = OrderedDict(weights=torch.ones(1), bias=torch.ones(1))
    good._metadata = OrderedDict({"": call})
    return {
        "the whole": saved(call),
        "metadata": saved(good),
        "value": saved({"weights": call}),
        "nested": saved({"weights": [[({"x": call},)]]}),
        "beside a state_dict": saved({"model": {"weights": torch.ones(1)}, "epoch": call}),
        "old format": saved({"weights": call}, _use_new_zipfile_serialization=False),
        "plain pickle": plain,
        "beside tensors": program(state(weights=tensor(), bias=called), _0=ONE),
        "as a shape": program(state(weights=tensor().replace(whole(1) + b"t", called + b"t", 1))),
        "thrown away": program(called + b"0" + state(weights=tensor(), bias=tensor()), _0=ONE),
    }


def _addresses() -> list[str]:
    names = [setting.address for setting in SETTINGS.values() if setting.address]
    everywhere = [
        *names,
        *("scale", "at", "v", "play", "epoch", "in_batch", "line"),
        *("pin", "done", "challenge", "bug", "mystery", "hide", "lock"),
    ]
    return [
        *(urlencode(dict.fromkeys(everywhere, each)) for each in TEXTS),
        *(urlencode({each: "1"}) for each in TEXTS),
        *(f"pin={quote(each)}?lr={quote(quote(each))}" for each in TEXTS),
        urlencode([(name, "0") for name in everywhere] * 3),
        urlencode({f"x{n}": n for n in range(20_000)}),
        urlencode([("pin", "?" + urlencode(dict.fromkeys(names, "x")))] * 50),
        "pin=" + quote("x?" + "a=1&" * 10_000),
        "done=" + "-" * 60_000,
        "epochs=10000&batch=1&train=1&start=-5&stop=5&step=0.005",
        "epochs=10000&batch=256&train=1&start=-5&stop=5&step=0.005",
        "&=&&==&?#%&%ff=%00",
    ]


def _points() -> list[bytes]:
    tables = [
        *(f"{each},{each}\n1,2\n{each},3\n4,{each}" for each in TEXTS),
        *(f'x;y\n"{each}";2\n1;"{each}"' for each in TEXTS),
        "1,2\n" + "9" * 900_000 + ",1\n2,3",
        "1,2\n" + '"' + "1,\n" * 300_000,
        '"' * 999_999,
        "," * 1_000_000,
        "\n" * 1_000_000,
        "\r" * 999_999 + "\x00",
        " " * 999_999 + "1",
        "1,2\n" * 250_000,
        "a = []" + " " * 900_000 + "x",
        "x = [1" + " " * 900_000 + "1, 2]\ny = [1, 2]",
        " ." * 400_000,
        "a\n" * 5_000,
        "1,2\n1," + "1" * 100_000,
        "1e-310,1e-310\n2e-310,3e-310\n3e-310,-1e-310\n5e-324,1",
        "1,1\n1,1\n1,1\n1000000,-1000000",
        "0,0\n0,0\n0,0",
        "x\x0by\x0c1\x1c2\n3\u30004",
    ]
    files = [b"\xff\xfe1\x00,\x002\x00", b"\xef\xbb\xbf" * 3, b"\x80" * 1_000, b"\x00" * 1_000_000]
    return [*(table.encode() for table in tables), *files]


def _experiments() -> list[bytes]:
    return [
        *(experiment_file(**dict.fromkeys(SETTINGS, each)) for each in TEXTS),
        *(experiment_file(**{each: each}) for each in TEXTS),
        *(experiment_file({"weight": each, "bias": 0}) for each in TEXTS),
        *(json.dumps({**FILE, "format": each, "version": each}).encode() for each in TEXTS),
        *(experiment_file(points=[[n, 1], [2, n], [3, 3]]) for n in (1e300, 1e30, 1e6, 1e-310)),
        experiment_file(points=[[0, 1]] * MANY),
        experiment_file(points=[[[[0]], {}], "ab", {"x": 1, "y": 2}]),
        experiment_file(**{f"x{n}": n for n in range(50_000)}),
        experiment_file(epochs=10**18, seed=-(10**19), lr=[], weight={}, bias=True, noise=None),
        experiment_file(epochs=10_000, batch_size=256, step=0.005, start=-5.0, stop=5.0),
        b"[" * DEEP,
        b'{"a":' * DEEP,
        experiment_file(points=0).replace(b'"points": 0', b'"points": ' + b"[" * 900 + b"]" * 900),
        experiment_file(lr=0).replace(b'"lr": 0', b'"lr": ' + b"9" * 500_000),
        experiment_file(lr=0).replace(b'"lr": 0', b'"lr": 1e' + b"9" * 500_000),
        experiment_file(lr=0).replace(b'"lr": 0', b'"lr": NaN'),
        experiment_file(lr=0).replace(b'"lr": 0', b'"lr": "\\ud800\\u0000"'),
        b"[" + b"[]," * 330_000 + b"[]]",
        b'"' + b"\\u0041" * 160_000 + b'"',
        json.dumps(FILE).encode("utf-16"),
        b"",
        b"null",
    ]


def _checkpoints() -> list[bytes]:
    one = tensor()
    nested = b"]" * 30_000 + b"a" * 29_999
    many = [(f"weights{n}", one) for n in range(900)]
    wide = tensor(shape=(1000, 1000), stride=(0, 0))
    views = {"weights": wide, "bias": tensor(shape=(1_000_000,), stride=(0,))}
    return [
        GOOD,
        entries(GOOD)["archive/data.pkl"],
        *(program(state(**{each: one}), _0=ONE) for each in TEXTS),
        *(program(state(weights=text(each)), _0=ONE) for each in TEXTS),
        *(program(b"c" + each.encode().replace(b"\n", b"") + b"\nx\n.") for each in TEXTS),
        program(state(weights=nested)),
        program(b"(" * 90_000),
        program(b"]" + b"q\x00h\x00a" * 20_000),
        program(b"}" + text("a") + b"h\x00s" * 10),
        program(state(**dict(many)), _0=ONE),
        program(state(**views), _0=ONE),
        program(state(weights=tensor(shape=(), stride=()), bias=one), _0=ONE),
        program(state(weights=tensor(shape=(0,) * 64, stride=(10**18,) * 64)), _0=ONE),
        program(state(weights=tensor(offset=2**63)), _0=ONE),
        program(state(weights=tensor(shape=(2,), stride=(2**62,))), _0=ONE),
        program(state(weights=tensor(storage(at="meta")), bias=tensor(storage(at="x" * 99)))),
        program(state(weights=tensor(storage("ComplexDoubleStorage"))), _0=bytes(16)),
        program(state(weights=tensor(storage("BoolStorage"))), _0=b"\x02"),
        saved(
            {"model": {"w": torch.ones(1, 1), "b": torch.ones(())}, "state": [{}, 1, (2.0, None)]}
        ),
        saved([{each: torch.ones(1)} for each in TEXTS]),
        program(state(model=state(weights=wide, bias=one), more=nested), _0=ONE),
        program(state(model=state(weights=one), more=tensor(offset=2**63)), _0=ONE),
        program(b"}q\x00" + text("a") + b"h\x00s" + text("model") + state(w=one) + b"s", _0=ONE),
        program(b"\x8a\xff" + b"\x7f" * 255 + one + b"s"),
        GOOD * 3,
        GOOD[:-1],
        b"PK\x03\x04" + b"\xff" * 999_000,
        b"\x80\x02" + b"(" * 999_000,
        _deflated(200),
        _inside_itself(5),
    ]


def _deflated(megabytes: int) -> bytes:
    """A zip bomb: a small archive that unpacks to many megabytes."""
    return packed({"a/data.pkl": bytes(megabytes * 1_000_000)}, zipfile.ZIP_DEFLATED)


def _inside_itself(depth: int) -> bytes:
    """An archive in an archive in an archive."""
    inner = GOOD
    for _ in range(depth):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("archive/data.pkl", inner)
            archive.writestr("archive/data/0", inner)
        inner = file.getvalue()
    return inner


@cache
def seeds(reader: str) -> Sequence[bytes]:
    """Whole inputs for a reader, by its name in `tests.support.readings`."""
    make: Mapping[str, Callable[[], Sequence[bytes]]] = {
        "address": lambda: [each.encode() for each in _addresses()],
        "points": _points,
        "experiment": _experiments,
        "checkpoint": _checkpoints,
    }
    return make[reader]()
