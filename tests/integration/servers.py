#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""habla with a translator that is a server, on this machine: as it works, and as it fails."""
import contextlib
import http.server
import json
import threading

from command_test import SPANISH_SUBTITLES, SUBTITLES, habla, main, need_element, want

KEY = "sk-secret-0123456789"
ANSWERS = {"Good morning": "Muy buenos días", "The house is small": "La casa es chica",
           "I have two books": "Poseo dos libros"}


class Server(http.server.BaseHTTPRequestHandler):
    """A language model that knows three sentences."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = json.loads(body["messages"][1]["content"])["text"]
        answer = {"choices": [{"message": {"content": json.dumps({"translation": ANSWERS[text]})},
                               "finish_reason": "stop"}]}
        status = self.server.status
        self.server.keys.add(self.headers["Authorization"])
        if status != 200:
            answer = {"error": {"message": f"not with {KEY}"}}
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serve(status):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.status, server.keys = status, set()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server, f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def interpret(folder, url, more=""):
    (folder / "a.srt").write_text(SUBTITLES, encoding="utf-8")
    (folder / "key").write_text(KEY, encoding="utf-8")
    (folder / "key").chmod(0o600)
    translator = (f"openaitranslator url={url} model=m timeout=60000 connect-timeout=60000 "
                  f"api-key-file=key fallback=apertiumtranslator {more}")
    output, error = habla(folder, "interpret", "--from", "en", "--to", "es", "a.srt", "--captions", "out.srt",
                          "--set", f"translator={translator}", env={"GST_DEBUG": "4"})
    want(KEY not in output + error, "the key was shown:", output, error)
    return (folder / "out.srt").read_text(encoding="utf-8"), error


def test_works(folder):
    need_element("openaitranslator", "apertiumtranslator")
    with serve(200) as (server, url):
        subtitles, error = interpret(folder, url)
    want(all(text in subtitles for text in ANSWERS.values()), subtitles)
    want(server.keys == {f"Bearer {KEY}"}, server.keys)
    want("works again" not in error and "replaces openaitranslator" not in error, error)


def test_fails(folder):
    """Each sentence is there, and the reason is said once."""
    need_element("openaitranslator", "apertiumtranslator")
    with serve(401) as (_, url):
        subtitles, error = interpret(folder, url)
    want(all(text.lower() in subtitles.lower() for text in SPANISH_SUBTITLES), subtitles)
    said = [line for line in error.splitlines() if "apertiumtranslator replaces openaitranslator until" in line]
    want(len(said) == 1 and "401" in said[0] and "[key]" in said[0], error)


def test_key_of_others(folder):
    need_element("openaitranslator")
    (folder / "a.srt").write_text(SUBTITLES, encoding="utf-8")
    (folder / "key").write_text(KEY, encoding="utf-8")
    (folder / "key").chmod(0o644)
    output, error = habla(folder, "interpret", "--from", "en", "--to", "es", "a.srt", "--set",
                          "translator=openaitranslator url=http://127.0.0.1:9 model=m fallback=none api-key-file=key",
                          status=None)
    want("chmod 600 'key'" in error and KEY not in output + error, error)


def test_bad_settings(folder):
    """A server that cannot work is reported at the start, as an error of use."""
    need_element("openaitranslator")
    (folder / "a.srt").write_text(SUBTITLES, encoding="utf-8")
    for properties, reason in [
            ("model=m", "url is not set"),
            ("url=http://127.0.0.1:9", "model is not set"),
            ("url=http://127.0.0.1:9 model=m api-key-file=/nowhere/key", "/nowhere/key"),
            ("url=http://127.0.0.1:9 model=m api-key-env=HABLA_TEST_UNSET", "HABLA_TEST_UNSET")]:
        _, error = habla(folder, "interpret", "--from", "en", "--to", "es", "a.srt",
                         "--set", f"translator=openaitranslator {properties}", status=64)
        want(reason in error and "habla: openaitranslator: " in error, error)


if __name__ == "__main__":
    main(globals())
