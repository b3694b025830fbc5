#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes a folder for $POCKETSPHINX_PATH: the acoustic model of American English with half of its densities, and the words
and the sentences of the test recordings only. It loads in a tenth of the time of the complete model and recognises in an
eighth, with few words wrong.

usage: speech-model.py FOLDER

Exits with 1 if pocketsphinx-en-us or pocketsphinx-testdata is not installed.
"""

import array
import collections
import math
import pathlib
import re
import struct
import sys

MODEL = pathlib.Path("/usr/share/pocketsphinx/model/en-us")
DATA = pathlib.Path("/usr/share/pocketsphinx/test/data")
TRANSCRIPTS = ["librivox/transcription", "cards/cards.transcription"]
# Recordings without a transcript in the package.
SENTENCES = ["go forward ten meters", "go somewhere and do something", "good morning", "the house is small"]
# The share of words that follow a word in one of the sentences; the others may follow any word.
KNOWN_SHARE = 0.7
# Densities that are left of the 128 of each codebook and feature; they take most of the time of recognition.
DENSITIES = 64
# Bytes of a density's mean, and of its variance: of thirteen coefficients.
VECTOR = 13 * 4
# Share of each quantised weight of a mixture: PocketSphinx stores logarithms to this base, divided by 1024.
SHARES = [1.0001 ** (-1024 * value) for value in range(256)]


def read_sentences():
    """Each sentence as a list of words, with its begin and end."""
    texts = list(SENTENCES)
    for name in TRANSCRIPTS:
        texts += re.findall(r"^<s>(.*)</s>", (DATA / name).read_text(), re.MULTILINE)
    return [["<s>", *text.split(), "</s>"] for text in texts]


def make_dictionary(words):
    """The lines of the complete dictionary for these words, with all pronunciations."""
    return "".join(
        line for line in (MODEL / "cmudict-en-us.dict").open() if line.split()[0].split("(")[0] in words
    )


def make_language_model(sentences):
    """A bigram model in the format of ARPA: each word is equally probable after an unknown one."""
    words = sorted({word for sentence in sentences for word in sentence})
    followers = collections.defaultdict(collections.Counter)
    for sentence in sentences:
        for word, following in zip(sentence, sentence[1:]):
            followers[word][following] += 1
    any_word = -math.log10(len(words) - 1)
    lines = ["\\data\\", f"ngram 1={len(words)}", f"ngram 2={sum(map(len, followers.values()))}", "", "\\1-grams:"]
    for word in words:
        unknown_share = 1 - KNOWN_SHARE if followers[word] else 1
        # Nothing precedes the begin of a sentence.
        lines.append(f"{-99 if word == '<s>' else any_word:.4f} {word} {math.log10(unknown_share):.4f}")
    lines += ["", "\\2-grams:"]
    for word in words:
        for following in sorted(followers[word]):
            share = KNOWN_SHARE * followers[word][following] / followers[word].total()
            lines.append(f"{math.log10(share):.4f} {word} {following}")
    return "\n".join([*lines, "", "\\end\\", ""])


def read_codebooks():
    """The codebook of each senone, which is the phone without its neighbours."""
    data = (MODEL / "en-us/mdef").read_bytes()
    begin = at = 12 + struct.unpack_from("<i", data, 8)[0]
    n_codebooks, n_phones, n_states, _, n_senones, _, n_sequences, _, n_nodes, _ = struct.unpack_from("<10i", data, at)
    at += 40
    for _ in range(n_codebooks):  # the names of the phones
        at = data.index(b"\0", at) + 1
    at += (begin - at) % 4 + 8 * n_nodes
    end = at + 12 * n_phones
    sequences = array.array("H", data[end + 4:end + 4 + 2 * n_states * n_sequences])
    codebooks = bytearray(n_senones)
    for number, phone in enumerate(struct.iter_unpack("<2i4B", data[at:end])):
        for senone in sequences[n_states * phone[0]:n_states * (phone[0] + 1)]:
            codebooks[senone] = number if number < n_codebooks else phone[3]
    return [[senone for senone, codebook in enumerate(codebooks) if codebook == wanted] for wanted in range(n_codebooks)]


def reduce_weights(folder, codebooks):
    """Writes the weights of the densities that weigh most in a codebook. Returns their numbers by codebook and feature."""
    data = (MODEL / "en-us/sendump").read_bytes()
    begin = 0
    while length := struct.unpack_from("<i", data, begin)[0]:  # lines of the header
        begin += 4 + length
    n_densities, n_senones = struct.unpack_from("<2i", data, begin + 4)
    n_features = (len(data) - begin - 12) // (n_densities * n_senones)
    rows = [data[at:at + n_senones] for at in range(begin + 12, len(data), n_senones)]
    reduced = [bytearray(n_senones) for _ in range(n_features * DENSITIES)]
    kept = []
    for senones in codebooks:
        for feature in range(n_features):
            old = rows[feature * n_densities:(feature + 1) * n_densities]
            shares = [sum(SHARES[row[senone]] for senone in senones) for row in old]
            kept.append(sorted(sorted(range(n_densities), key=shares.__getitem__)[-DENSITIES:]))
            for density, row in zip(kept[-1], reduced[feature * DENSITIES:(feature + 1) * DENSITIES]):
                for senone in senones:
                    row[senone] = old[density][senone]
    (folder / "sendump").write_bytes(data[:begin + 4] + struct.pack("<2i", DENSITIES, n_senones) + b"".join(reduced))
    return kept


def reduce_vectors(folder, name, kept):
    """Writes the means or the variances of the densities that are kept."""
    data = (MODEL / "en-us" / name).read_bytes()
    begin = data.index(b"endhdr\n") + len(b"endhdr\n")
    numbers = list(struct.unpack_from("<8i", data, begin))
    n_densities = numbers[3]
    begin += 4 * len(numbers)
    vectors = b"".join(
        data[begin + VECTOR * (n_densities * row + density):][:VECTOR] for row, densities in enumerate(kept) for density in densities
    )
    numbers[3], numbers[7] = DENSITIES, len(vectors) // 4
    # Without the line "chksum0 yes", the file needs no check sum.
    (folder / name).write_bytes(b"s3\nversion 1.0\nendhdr\n" + struct.pack("<8i", *numbers) + vectors)


def make_acoustic_model(folder):
    # An older version of this script made a link to the complete model.
    if folder.is_symlink():
        folder.unlink()
    folder.mkdir(exist_ok=True)
    kept = reduce_weights(folder, read_codebooks())
    for name in ["means", "variances"]:
        reduce_vectors(folder, name, kept)
    for name in ["feat.params", "mdef", "noisedict", "transition_matrices"]:
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(MODEL / "en-us" / name)


def main():
    folder = pathlib.Path(sys.argv[1]) / "en-us"
    if not (MODEL / "en-us/mdef").exists() or not all((DATA / name).exists() for name in TRANSCRIPTS):
        sys.exit(1)
    folder.mkdir(parents=True, exist_ok=True)
    sentences = read_sentences()
    (folder / "cmudict-en-us.dict").write_text(make_dictionary({word for sentence in sentences for word in sentence}))
    # PocketSphinx reads both formats, whatever the name is.
    (folder / "en-us.lm.bin").write_text(make_language_model(sentences))
    make_acoustic_model(folder / "en-us")


main()
