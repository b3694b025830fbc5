#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""habla interpret with many inputs: folders, {name}, the table, and a second run.

usage: batch.py HABLA
"""
import os
import re
import shutil

from command_test import (fails, finish, habla, habla_json, interrupt, main, read_cues, recording,
                          start, want)

SUBTITLE = "1\n00:00:01,250 --> 00:00:02,500\n{}\n"


def write(path, text="Good morning"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(SUBTITLE.format(text), encoding="utf-8")


def results(objects):
    return {o["path"]: o["result"] for o in objects if o["type"] == "result"}


def files(folder):
    """The names of all files below a folder, without the home of the program."""
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*")
                  if p.is_file() and not p.relative_to(folder).parts[0].startswith("."))


def test_own_outputs(folder):
    write(folder / "a.srt")
    write(folder / "b.srt", "The house is small")
    output, error = habla(folder, "interpret", "a.srt", "b.srt", "--captions", "{name}.vtt")
    want("Buenos días" in output and "La casa es pequeña" in output, output)
    want(read_cues(folder / "b.vtt")[0][2] == "La casa es pequeña", "no translation")
    want(files(folder) == ["a.srt", "a.vtt", "b.srt", "b.vtt"], files(folder))
    want("b.srt (2 of 2)\n" in error, error)
    want(error.splitlines()[-3:] == ["a.srt  done              -         1",
                                     "b.srt  done              -         1",
                                     "2 files, 2 done"], error)


def test_second_run(folder):
    """What is complete and made with the same options is not made again."""
    write(folder / "a.srt")
    write(folder / "b.srt")
    command = ["interpret", "a.srt", "b.srt", "--captions", "{name}.vtt"]
    habla(folder, *command)
    want(results(habla_json(folder, *command)) == {"a.srt": "unchanged", "b.srt": "unchanged"}, "again")
    write(folder / "b.srt", "The house is small")
    objects = habla_json(folder, *command)
    want(results(objects) == {"a.srt": "unchanged", "b.srt": "done"}, objects)
    want([o["path"] for o in objects if o["type"] == "input"] == ["b.srt"], objects)
    (folder / "a.vtt").unlink()
    want(results(habla_json(folder, *command)) == {"a.srt": "done", "b.srt": "unchanged"}, "deleted")
    want(set(results(habla_json(folder, *command, "--overwrite")).values()) == {"done"}, "overwrite")
    want(set(results(habla_json(folder, *command, "--to", "fr")).values()) == {"done"}, "options")
    want(set(results(habla_json(folder, *command)).values()) == {"done"}, "first options")
    (folder / "words.txt").write_text("morning = alba\n", encoding="utf-8")
    glossary = [*command, "--glossary", "words.txt"]
    want(set(results(habla_json(folder, *glossary)).values()) == {"done"}, "glossary")
    want(set(results(habla_json(folder, *glossary)).values()) == {"unchanged"}, "glossary again")
    (folder / "words.txt").write_text("house = chalet\n", encoding="utf-8")
    want(set(results(habla_json(folder, *glossary)).values()) == {"done"}, "glossary changed")
    want(read_cues(folder / "b.vtt")[0][2] == "El chalet es pequeño", read_cues(folder / "b.vtt"))


def test_failure(folder):
    """An input that fails stops no other; the first one determines the exit status."""
    write(folder / "a.srt")
    (folder / "b.mp4").write_bytes(os.urandom(3000))
    write(folder / "d.srt")
    command = ["interpret", "b.mp4", "a.srt", "c.srt", "d.srt", "--captions", "{name}.vtt"]
    output, error = habla(folder, *command, status=65)
    want(output.count("Buenos días") == 2, output)
    want("b.mp4  failed            -         0  it is no recording" in error, error)
    want("c.srt  failed            -         -  " in error and "check the name" in error, error)
    want(error.endswith("4 files, 2 done, 2 failed\n"), error)
    want(files(folder) == ["a.srt", "a.vtt", "b.mp4", "d.srt", "d.vtt"], files(folder))
    objects = habla_json(folder, *command, status=65)
    want(results(objects) == {"b.mp4": "failed", "a.srt": "unchanged", "c.srt": "failed",
                              "d.srt": "unchanged"}, objects)
    want({o["path"]: o["status"] for o in objects if o["type"] == "result"} ==
         {"b.mp4": 65, "a.srt": 0, "c.srt": 66, "d.srt": 0}, objects)
    want(objects[-1] == {"type": "end", "status": 65}, objects[-1])


def test_folder(folder):
    write(folder / "in" / "a.srt")
    write(folder / "in" / "A" / "b.srt")
    write(folder / "in" / "A" / "B" / "unnamed")
    # What is skipped.
    (folder / "in" / "readme.txt").write_text("Some text.\n", encoding="utf-8")
    (folder / "in" / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    write(folder / "in" / ".hidden.srt")
    write(folder / "in" / ".folder" / "c.srt")
    write(folder / "in" / "c.partial.vtt")
    os.symlink("..", folder / "in" / "A" / "loop")
    os.symlink("nothing", folder / "in" / "broken.srt")
    os.mkfifo(folder / "in" / "pipe.srt")
    # A link to a file, and damage that its name shows to be a recording.
    write(folder / "elsewhere.srt")
    os.symlink("../elsewhere.srt", folder / "in" / "link.srt")
    (folder / "in" / "damaged.mp4").write_bytes(os.urandom(3000))
    shutil.copy(folder / "in" / "damaged.mp4", folder / "in" / "talk.mp4")
    # Subtitles and translations of a recording.
    for name in ("talk.srt", "talk.en.vtt", "talk.es-MX.srt"):
        write(folder / "in" / name)
    write(folder / "in" / "talk2.srt")
    command = ["interpret", "in", "--captions", "{dir}/{name}.vtt"]
    expected = {"in/a.srt": "done", "in/damaged.mp4": "failed", "in/link.srt": "done",
                "in/talk.mp4": "failed", "in/talk2.srt": "done", "in/A/b.srt": "done",
                "in/A/B/unnamed": "done"}
    objects = habla_json(folder, *command, status=65)
    want(list(results(objects).items()) == list(expected.items()), results(objects))
    want((folder / "in/A/B/unnamed.vtt").exists() and (folder / "in/A/b.vtt").exists(), files(folder))
    # The outputs are not the inputs of a second run.
    again = {name: "unchanged" if result == "done" else result for name, result in expected.items()}
    objects = habla_json(folder, *command, status=65)
    want(results(objects) == again, results(objects))
    # A file that is also in the folder is interpreted once.
    objects = habla_json(folder, "interpret", "in/A/b.srt", "in/A")
    want(list(results(objects)) == ["in/A/b.srt", "in/A/B/unnamed"], objects)


def test_refused(folder):
    """What cannot be right is refused before anything is written."""
    write(folder / "a.srt")
    write(folder / "A" / "a.srt")
    before = files(folder)
    fails(folder, "interpret", "a.srt", "A/a.srt", "--captions", "{name}.vtt", status=64,
          words=["a.en.vtt", "A/a.srt", "{dir}"])
    fails(folder, "interpret", "A", "a.srt", "--captions", "x.vtt", status=64, words=["x.en.vtt", "{name}"])
    fails(folder, "interpret", "a.srt", "--captions", "{name}.srt", status=64,
          words=["a.srt is the input"])
    fails(folder, "interpret", "a.srt", "A/a.srt", "--captions", "x.vtt", status=64, words=["{name}"])
    fails(folder, "interpret", "-", "--captions", "{name}.vtt", status=64, words=["Standard input"])
    fails(folder, "interpret", "--captions", "{name}.vtt", status=66, words=["name files"])
    (folder / "empty").mkdir()
    fails(folder, "interpret", "empty", status=66, words=["no recordings"])
    fails(folder, "interpret", "a.srt", "--captions", "{name}.mp4", status=64, words=[".vtt"])
    want(files(folder) == before, files(folder))
    # Languages in the names.
    habla(folder, "interpret", "a.srt", "--to", "es,fr", "--captions", "{dir}/{to}-{name}.srt")
    want({"es-a.srt", "fr-a.srt"} <= set(files(folder)), files(folder))


def test_interrupted(folder):
    """After Ctrl-C, the same command continues with the file that was interrupted."""
    for name in ("a.wav", "b.wav", "c.wav"):
        shutil.copy(recording(880), folder / name)
    # At double speed, there is time for the signal.
    command = ["interpret", "a.wav", "b.wav", "c.wav", "--captions", "{name}.vtt", "--speed", "2"]
    process = start(folder, *command)
    while (line := process.stderr.readline()) and not line.startswith("b.wav (2 of 3)"):
        pass
    interrupt(process)
    output, error = finish(process)
    want(process.returncode == 130, process.returncode, output, error)
    want(re.search("^a.wav  done ", error, re.M) and re.search("^b.wav  stopped ", error, re.M) and
         re.search("^c.wav  not begun ", error, re.M), error)
    want("a.vtt" in files(folder) and "b.vtt" not in files(folder), files(folder))
    objects = habla_json(folder, *command)
    want(results(objects) == {"a.wav": "unchanged", "b.wav": "done", "c.wav": "done"}, objects)
    # The engines of the run before do not change the captions, nor their times.
    transcripts = [(folder / f"{name}.en.vtt").read_text(encoding="utf-8") for name in "abc"]
    want("young man" in transcripts[0] and transcripts.count(transcripts[0]) == 3, transcripts)
    result = [o for o in objects if o["type"] == "result"][-1]
    want(2.5 < result["duration"] < 3.5 and result["captions"] >= 1, result)


if __name__ == "__main__":
    main(globals())
