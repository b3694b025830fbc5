#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tests of scripts/models: the parts that download, convert and describe models.

usage: models.py SOURCE

The tests of the elements test that sherpa-onnx loads the models and hears with them.
TAP on standard output.
"""

import base64
import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile

sys.dont_write_bytecode = True
SOURCE = pathlib.Path(sys.argv[1]).resolve()
sys.path.insert(0, str(SOURCE / "scripts/lib/models"))
try:
    import numpy
except ImportError:
    print("1..0 # SKIP python3-numpy is not installed")
    sys.exit()
import ctranslate2
import fetch
import layers
import onnx_writer
import piper
import prepare
import whisper


def want(condition, *what):
    if not condition:
        raise AssertionError(" ".join(str(w) for w in what))


def want_error(kind, function, *arguments):
    try:
        function(*arguments)
    except kind as error:
        return str(error)
    raise AssertionError(f"{function.__name__} did not raise {kind.__name__}")


def read_message(data):
    """Decodes a protobuf message to a map from field numbers to lists of values."""
    fields, position = {}, 0

    def read_varint():
        nonlocal position
        value = shift = 0
        while True:
            byte = data[position]
            position += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while position < len(data):
        key = read_varint()
        if key & 7 == 0:
            value = read_varint()
        else:
            size = 4 if key & 7 == 5 else read_varint()
            value = data[position : position + size]
            position += size
            want(len(value) == size, "truncated field", key)
        fields.setdefault(key >> 3, []).append(value)
    return fields


def read_metadata(model):
    pairs = (read_message(entry) for entry in read_message(model).get(14, []))
    return {pair[1][0].decode(): pair[2][0].decode() for pair in pairs}


def check_graph(model):
    """Checks the graph of an ONNX file. Returns the names of its inputs and of its outputs."""
    graph = read_message(read_message(model)[7][0])
    inputs = [read_message(value)[1][0].decode() for value in graph[11]]
    outputs = [read_message(value)[1][0].decode() for value in graph[12]]
    known = set(inputs)
    for tensor in map(read_message, graph[5]):
        sizes = {1: 4, 3: 1, 6: 4, 7: 8}
        count = int(numpy.prod(tensor.get(1, []), dtype=int))
        want(len(tensor[9][0]) == count * sizes[tensor[2][0]], tensor[8], "has the wrong size")
        known.add(tensor[8][0].decode())
    for node in map(read_message, graph[1]):
        missing = {name.decode() for name in node[1]} - known
        want(not missing, node[4], "reads unknown values", missing)
        names = {name.decode() for name in node[2]}
        want(not names & known, node[4], "writes a value again", names)
        known |= names
    want(set(outputs) <= known, "outputs without a node", outputs)
    return inputs, outputs


def encode_weights(variables, aliases=()):
    """Encodes a model file of CTranslate2, for its reader."""

    def encode_string(text):
        return struct.pack("<H", len(text) + 1) + text.encode() + b"\0"

    data = (
        struct.pack("<I", 6) + encode_string("WhisperSpec") + struct.pack("<II", 3, len(variables))
    )
    codes = {"float32": 0, "int8": 1, "int16": 2, "int32": 3, "float16": 4}
    for name, array in variables.items():
        data += encode_string(name) + struct.pack("<B", array.ndim)
        data += struct.pack(f"<{array.ndim}I", *array.shape)
        data += struct.pack("<BI", codes[array.dtype.name], array.nbytes) + array.tobytes()
    data += struct.pack("<I", len(aliases))
    return data + b"".join(encode_string(text) for pair in aliases for text in pair)


def make_whisper_weights(state=64, mels=8, count=2):
    """Returns random weights of a small Whisper model with all variables of a real one."""
    random = numpy.random.default_rng(1)

    def make(*shape):
        return random.normal(size=shape).astype(numpy.float16)

    weights = {"encoder/num_heads": numpy.int16(1), "decoder/num_heads": numpy.int16(1)}
    for part, context in (("encoder", 30), ("decoder", 20)):
        weights[f"{part}/position_encodings/encodings"] = make(context, state)
        names = [
            f"{part}/layer_{i}/{block}" for i in range(count) for block in ("self_attention", "ffn")
        ]
        norms = [f"{name}/layer_norm" for name in names] + [f"{part}/layer_norm"]
        matrices = {f"{name}/linear_{i}": (state, state) for name in names for i in (0, 1)}
        for i in range(count):
            matrices[f"{part}/layer_{i}/self_attention/linear_0"] = (3 * state, state)
            if part == "decoder":
                norms.append(f"decoder/layer_{i}/attention/layer_norm")
                for j, size in ((0, state), (1, 2 * state), (2, state)):
                    matrices[f"decoder/layer_{i}/attention/linear_{j}"] = (size, state)
        for name in norms:
            weights |= {f"{name}/gamma": make(state), f"{name}/beta": make(state)}
        for name, shape in matrices.items():
            weights |= {f"{name}/weight": make(*shape), f"{name}/bias": make(shape[0])}
    weights["decoder/embeddings/weight"] = make(51864, state)
    for name, size in (("conv1", mels), ("conv2", state)):
        weights[f"encoder/{name}/weight"] = make(state, size, 3)
        weights[f"encoder/{name}/bias"] = make(state)
    return weights


def test_varint(folder):
    want(onnx_writer.encode_varint(0) == b"\0", "0")
    want(onnx_writer.encode_varint(300) == b"\xac\x02", "300")
    want(onnx_writer.encode_varint(-1) == b"\xff" * 9 + b"\x01", "-1")


def test_tensor(folder):
    """A scalar has no dimensions, and a transposed array is stored in the order of its indices."""
    want(1 not in read_message(onnx_writer.encode_tensor("a", numpy.array(5))), "scalar")
    array = numpy.arange(6, dtype=numpy.int8).reshape(2, 3).T
    tensor = read_message(onnx_writer.encode_tensor("a", array))
    want(tensor[1] == [3, 2] and tensor[9] == [bytes([0, 3, 1, 4, 2, 5])], tensor)


def test_appended_metadata(folder):
    """Metadata that are appended to a file are part of the model."""
    model = onnx_writer.Graph("g").encode_model({"a": 1})
    want(
        read_metadata(model + onnx_writer.encode_metadata({"b": "é"})) == {"a": "1", "b": "é"},
        model,
    )


def test_quantize(folder):
    weight = numpy.random.default_rng(2).normal(size=(5, 7))
    weight[3] = 0
    matrix, scale = layers.quantize(weight)
    want(matrix.dtype == numpy.int8 and matrix.shape == (7, 5), matrix)
    want((numpy.abs(matrix.T * scale[:, None] - weight) <= scale[:, None] * 0.501).all(), "error")
    want(numpy.abs(matrix).max() == 127 and (matrix[:, 3] == 0).all(), "range")


def test_read_weights(folder):
    variables = {"a": numpy.array([[1, 2]], "f2"), "n": numpy.int16(6), "b": numpy.array([3], "i1")}
    data = encode_weights(variables, [("c", "a")])
    specification, weights = ctranslate2.read_weights(data)
    want(specification == "WhisperSpec" and set(weights) == {"a", "b", "c", "n"}, weights)
    want(weights["c"].tolist() == [[1, 2]] and int(weights["n"]) == 6, weights)
    for size in range(len(data)):
        want_error(ValueError, ctranslate2.read_weights, data[:size])
    want(
        "version 7" in want_error(ValueError, ctranslate2.read_weights, b"\7" + data[1:]), "version"
    )


def test_whisper(folder):
    """The files have the inputs, outputs and metadata that sherpa-onnx needs."""
    data = encode_weights(make_whisper_weights())
    model = whisper.Whisper(data, {"suppress_ids": [1, 2, 50257]})
    encoder, decoder = model.encode_encoder("tiny.en"), model.encode_decoder()
    want(check_graph(encoder) == (["mel"], ["n_layer_cross_k", "n_layer_cross_v"]), "encoder")
    inputs, outputs = check_graph(decoder)
    want(inputs[0] == "tokens" and inputs[-1] == "offset" and len(inputs) == 6, inputs)
    want(outputs[0] == "logits" and len(outputs) == 3, outputs)
    metadata = read_metadata(encoder)
    sizes = {"n_mels": "8", "n_text_layer": "2", "n_text_ctx": "20", "n_text_state": "64"}
    want(sizes.items() <= metadata.items() and metadata["non_speech_tokens"] == "1,2", metadata)
    data = encode_weights(
        make_whisper_weights()
        | {"decoder/embeddings/weight": numpy.zeros((51865, 64)).astype("f2")}
    )
    want("English" in want_error(ValueError, whisper.Whisper, data, {}), "a multilingual model")


def test_tokens(folder):
    byte_map = whisper.make_byte_map()
    want(sorted(byte_map.values()) == list(range(256)), "not all bytes")
    lines = whisper.encode_tokens("a\nĠthe\nÃ©\n").splitlines()
    tokens = [base64.b64decode(line.split(" ")[0]) for line in lines]
    want(tokens == [b"a", b" the", "é".encode(), b""], tokens)


def test_piper(folder):
    voice = {
        "language": {"name_english": "English"},
        "espeak": {"voice": "en-us"},
        "num_speakers": 1,
        "audio": {"sample_rate": 22050},
        "phoneme_id_map": {"_": [0], " ": [3]},
    }
    (folder / "v.onnx").write_bytes(onnx_writer.Graph("g").encode_model({}))
    (folder / "v.onnx.json").write_text(json.dumps(voice), encoding="utf-8")
    (folder / "out").mkdir()
    piper.convert(folder, folder / "out", "v")
    want((folder / "out/tokens.txt").read_text(encoding="utf-8") == "_ 0\n  3\n", "tokens")
    want(7 in read_message((folder / "out/v.onnx").read_bytes()), "the graph is lost")
    metadata = read_metadata((folder / "out/v.onnx").read_bytes())
    want(metadata["sample_rate"] == "22050" and metadata["voice"] == "en-us", metadata)


@contextlib.contextmanager
def only_silero():
    """Prepares only the model whose files the test makes."""
    every_model = prepare.MODELS
    prepare.MODELS = {"silero-vad": every_model["silero-vad"]}
    try:
        yield
    finally:
        prepare.MODELS = every_model


def test_description(folder):
    (folder / "silero_vad/data").mkdir(parents=True)
    (folder / "silero_vad/data/silero_vad_16k_op15.onnx").write_bytes(b"model")
    with only_silero():
        prepare.prepare_all(folder, folder / "models")
    text = (folder / "models/silero-vad/model.ini").read_text(encoding="utf-8")
    want("[Model]\nId=silero-vad\nEngine=sherpa\nJob=voice-activity\n" in text, text)
    want("Languages" not in text and text.endswith("[Files]\nModel=silero_vad.onnx\n"), text)


def make_wheel(folder, files):
    """Writes a package that pip accepts, and returns its requirement with the hash."""
    folder.mkdir()
    path = folder / "silero_vad-6.2.3-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        info = "silero_vad-6.2.3.dist-info"
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: silero-vad\nVersion: 6.2.3\n"
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
    return "silero-vad==6.2.3 --hash=sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()


def use_packages_of(folder):
    """Makes pip read packages from a folder instead of the network."""
    os.environ.update(PIP_NO_INDEX="1", PIP_FIND_LINKS=str(folder), PIP_CONFIG_FILE="/dev/null")


def test_download(folder):
    """Another hash is refused, a complete download is kept, and only models are unpacked."""
    requirement = make_wheel(
        folder / "index", {"silero_vad/data/silero_vad_16k_op15.onnx": "m", "x.py": "", "../y": ""}
    )
    use_packages_of(folder / "index")
    downloads, work = folder / "downloads", folder / "work"
    downloads.mkdir()
    work.mkdir()
    message = want_error(
        fetch.FetchError, fetch.download, requirement[:-4] + "0000", downloads, work
    )
    want("silero-vad" in message and not list(downloads.iterdir()), message)
    wheel = fetch.download(requirement, downloads, work)
    use_packages_of(folder / "nothing")
    want(fetch.download(requirement, downloads, work) == wheel, "downloaded again")
    fetch.unpack(wheel, work / "packages")
    files = [path.name for path in (work / "packages").rglob("*") if path.is_file()]
    want(files == ["silero_vad_16k_op15.onnx"], files)


def test_requirements(folder):
    text = (SOURCE / "scripts/requirements.txt").read_text(encoding="utf-8")
    requirements = fetch.read_requirements(text)
    want(
        len(requirements) == 5 and all("==" in r and "--hash=sha256:" in r for r in requirements),
        requirements,
    )


def test_attempts(folder):
    """A failed attempt keeps the previous models; a new one replaces all of them."""
    target = folder / "neural"
    for name in ("models/old", "sherpa-onnx/old"):
        (target / name).mkdir(parents=True)
    (target / "version").write_text("1\n", encoding="utf-8")
    files = {"sherpa_onnx/include/c-api.h": "", "silero_vad/data/silero_vad_16k_op15.onnx": "m"}
    listed = folder / "requirements.txt"
    listed.write_text("# one\n" + make_wheel(folder / "index", files) + "\n", encoding="utf-8")
    use_packages_of(folder / "index")
    # The package has no Whisper.
    want_error(SystemExit, fetch.main, [listed, target, "2"])
    want((target / "models/old").is_dir() and (target / "version").read_text() == "1\n", "changed")
    want(not list(target.glob("work-*")), "temporary files")
    (target / "work-killed").mkdir()
    (target / "work-killed/part").touch()
    with only_silero():
        fetch.main([listed, target, "2"])
    files = sorted(str(path.relative_to(target)) for path in target.rglob("*") if path.is_file())
    want(
        files
        == [
            "lock",
            "models/silero-vad/model.ini",
            "models/silero-vad/silero_vad.onnx",
            "sherpa-onnx/include/c-api.h",
            "version",
        ],
        files,
    )
    use_packages_of(folder / "nothing")
    fetch.main([listed, target, "2"])


def run_script(script, *arguments, **env):
    return subprocess.run(
        [script, *arguments],
        env=os.environ | env,
        encoding="utf-8",
        timeout=300,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )


def test_without_network(folder):
    """Without packages, --auto continues, and does not try again at once."""
    shutil.copytree(SOURCE / "scripts", folder / "scripts")
    (folder / "scripts/requirements.txt").write_text("missing==1.0 --hash=sha256:" + "0" * 64)
    use_packages_of(folder / "nothing")
    os.environ.pop("HABLA_SKIP_MODELS", None)
    script = folder / "scripts/models"
    done = run_script(script, "--auto", HABLA_SKIP_MODELS="1")
    want((done.returncode, done.stderr) == (0, ""), done)
    done = run_script(script)
    want(done.returncode == 1 and "pip did not download" in done.stderr, done)
    done = run_script(script, "--auto")
    want(done.returncode == 0 and "Debian's engines" in done.stderr, done)
    done = run_script(script, "--auto")
    want((done.returncode, done.stderr) == (0, ""), done)
    want(not (folder / "_build/neural/version").exists(), "a version without models")


def test_removed(folder):
    """scripts/models brings a model back that was removed, and does nothing before."""
    shutil.copytree(SOURCE / "scripts", folder / "scripts")
    use_packages_of(folder / "nothing")
    os.environ.pop("HABLA_SKIP_MODELS", None)
    script = folder / "scripts/models"
    ids = list(prepare.MODELS)
    hashed = [folder / "scripts/requirements.txt"]
    hashed += sorted((folder / "scripts/lib/models").glob("*.py"))
    version = hashlib.sha256(b"".join(path.read_bytes() for path in hashed)).hexdigest()
    for name in ids:
        (folder / "_build/neural/models" / name).mkdir(parents=True)
        (folder / "_build/neural/models" / name / "model.ini").touch()
    (folder / "_build/neural/version").write_text(version + "\n")
    done = run_script(script)
    want((done.returncode, done.stderr) == (0, ""), done)
    for name in ids:
        (folder / "_build/neural/version").write_text(version + "\n")
        (folder / "_build/neural/models" / name / "model.ini").unlink()
        done = run_script(script, "--auto", HABLA_SKIP_MODELS="1")
        want(done.returncode == 0, name, done)
        version_now = (folder / "_build/neural/version").read_text()
        want(version_now == "incomplete\n", name, "is not missed")
        (folder / "_build/neural/models" / name / "model.ini").touch()
    done = run_script(script, HABLA_SKIP_MODELS="1")
    want(done.returncode == 1 and "pip did not download" in done.stderr, done)
    want((folder / "_build/neural/version").exists(), "builds lose the other models")


def test_build_options(folder):
    """scripts/lib/build configures a build folder again when the models come, and when it moves."""
    project = folder / "project"
    (project / "scripts/lib").mkdir(parents=True)
    shutil.copy(SOURCE / "scripts/lib/build", project / "scripts/lib")
    (project / "meson.build").write_text("project('p')\nmessage(get_option('models_dir'))\n")
    (project / "meson_options.txt").write_text(
        "option('sherpa_prefix', type : 'string')\noption('models_dir', type : 'string')\n"
    )

    def build(root, *options):
        done = run_script(root / "scripts/lib/build", root / "_build/run", *options)
        want(done.returncode == 0, done)
        introspect = ["meson", "introspect", root / "_build/run", "--buildoptions"]
        values = json.loads(subprocess.run(introspect, capture_output=True, check=True).stdout)
        directory = next(value["value"] for value in values if value["name"] == "models_dir")
        return done.stderr.splitlines()[:1], directory

    want(build(project) == ([f"Setting up {project}/_build/run"], ""), "first build")
    want(build(project) == ([], ""), "second build")
    (project / "_build/neural").mkdir()
    (project / "_build/neural/version").write_text("1")
    models = f"{project}/_build/neural/models"
    want(build(project) == ([f"Reconfiguring {project}/_build/run"], models), "with models")
    want(build(project) == ([], models), "with models again")
    moved = project.rename(folder / "moved")
    want(
        build(moved) == ([f"Reconfiguring {moved}/_build/run"], f"{moved}/_build/neural/models"),
        "moved",
    )
    want(build(moved, "-Dmodels_dir=/other")[1] == "/other", "an option of the caller")


def has_pip():
    return (
        subprocess.run(
            [sys.executable, "-m", "pip", "--version"], capture_output=True, check=False
        ).returncode
        == 0
    )


def main():
    tests = {name[5:]: test for name, test in globals().items() if name.startswith("test_")}
    need_pip = {"download", "attempts", "removed", "without_network"}
    pip = has_pip()
    print(f"1..{len(tests)}")
    for number, (name, test) in enumerate(tests.items(), 1):
        if name in need_pip and not pip:
            print(f"ok {number} /scripts/models/{name} # SKIP python3-pip is not installed")
            continue
        problem = ""
        with tempfile.TemporaryDirectory(prefix="habla-models-") as folder:
            try:
                test(pathlib.Path(folder))
            except (Exception, SystemExit) as error:  # Report any failure as TAP.
                problem = f"{type(error).__name__}: {error}"
        print(f"{'not ok' if problem else 'ok'} {number} /scripts/models/{name}", flush=True)
        for line in problem.splitlines():
            print(f"# {line}", flush=True)


if __name__ == "__main__":
    main()
