#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""habla interpret reads its input, and never files or addresses that the input names.

usage: references.py HABLA

Each playlist names a recording on a local server, which must get no request, and a local file, which
must not be opened.
"""
import contextlib
import ctypes
import http.server
import os
import shutil
import threading

from command_test import fails, habla, main, recording, want

DATA, NO_INPUT = 65, 66
ID3 = b"ID3\x04\x00\x00\x00\x00\x00\x0a" + bytes(10)
IN_OPEN, IN_NONBLOCK = 0x20, 0o4000


def hls(*addresses):
    entries = "".join(f"#EXTINF:3.0,\n{address}\n" for address in addresses)
    return (f"#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:0\n"
            f"{entries}#EXT-X-ENDLIST\n").encode()


def dash(address):
    return (f"""<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT3S"
 minBufferTime="PT1S" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"><Period>
<AdaptationSet mimeType="audio/mp4"><Representation id="1" bandwidth="64000">
<BaseURL>{address}</BaseURL></Representation></AdaptationSet></Period></MPD>""").encode()


def sdp():
    return (b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=talk\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            b"m=audio 5004 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n")


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.requests.append(self.path)
        content, location = self.server.pages.get(self.path, (None, None))
        self.send_response(302 if location else 200 if content else 404)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(content or b"")))
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass


@contextlib.contextmanager
def serve():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.pages, server.requests = {}, []
    server.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


class Watched:
    """A local recording, watched for being opened."""

    def __init__(self, folder):
        self.path = folder / "private.wav"
        shutil.copyfile(recording(880), self.path)
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.fd = self.libc.inotify_init1(IN_NONBLOCK)
        want(self.libc.inotify_add_watch(self.fd, os.fsencode(self.path), IN_OPEN) >= 0, "inotify")

    def was_opened(self):
        try:
            return bool(os.read(self.fd, 4096))
        except BlockingIOError:
            return False


def refuse(folder, server, watched, content, name):
    """Checks that habla refuses content as a file and, if it looks like audio, on standard input."""
    (folder / name).write_bytes(content)
    output, _ = fails(folder, "interpret", name, "--captions", "a.vtt", status=DATA,
                      words=[name, "playlist", "recording itself"])
    want(not output.strip(), "captions were written:", output)
    if name.endswith(".mp3"):
        with open(folder / name, "rb") as file:
            fails(folder, "interpret", "-", status=DATA, words=["playlist"], stdin=file)
    want(not server.requests, f"{name}: requests were sent:", server.requests)
    want(not watched.was_opened(), f"{name}: {watched.path} was opened")


def test_playlists(folder):
    watched = Watched(folder)
    with serve() as server:
        address, local = f"{server.address}/speech.wav", watched.path.as_uri()
        server.pages["/speech.wav"] = (recording(880).read_bytes(), None)
        refuse(folder, server, watched, hls(address, local), "list.m3u8")
        refuse(folder, server, watched, hls(local), "local.wav")
        refuse(folder, server, watched, ID3 + hls(address), "talk.mp3")
        refuse(folder, server, watched, ID3 + hls(local), "local.mp3")
        refuse(folder, server, watched, f"{local}\n{address}\n".encode(), "list.ram")
        refuse(folder, server, watched, dash(address), "talk.mpd")
        refuse(folder, server, watched, sdp(), "talk.sdp")


def test_served_playlist(folder):
    """habla fetches the address of the user, but no address in the response."""
    watched = Watched(folder)
    with serve() as server:
        server.pages["/talk.mp3"] = (ID3 + hls(f"{server.address}/next.wav", watched.path.as_uri()),
                                     None)
        fails(folder, "interpret", f"{server.address}/talk.mp3", status=DATA, words=["playlist"])
        want(set(server.requests) == {"/talk.mp3"}, server.requests)
        want(not watched.was_opened(), f"{watched.path} was opened")


def test_served_subtitles(folder):
    """The same for subtitles, whose source element would follow a playlist."""
    watched = Watched(folder)
    with serve() as server:
        server.pages["/talk.srt"] = (hls(f"{server.address}/next.srt", watched.path.as_uri()), None)
        habla(folder, "interpret", f"{server.address}/talk.srt", status=None)
        want(set(server.requests) == {"/talk.srt"}, server.requests)
        want(not watched.was_opened(), f"{watched.path} was opened")
        server.pages["/good.srt"] = (b"1\n00:00:01,000 --> 00:00:02,000\nThe house is red.\n\n", None)
        output, _ = habla(folder, "interpret", f"{server.address}/good.srt")
        want("casa" in output, output)


def test_redirect(folder):
    """A server cannot redirect to a local file."""
    watched = Watched(folder)
    with serve() as server:
        server.pages["/talk.wav"] = (None, watched.path.as_uri())
        output, _ = fails(folder, "interpret", f"{server.address}/talk.wav", status=NO_INPUT,
                          words=["talk.wav"])
        want(not output.strip(), output)
        want(not watched.was_opened(), f"{watched.path} was opened")


def test_custom_pipeline(folder):
    """The same in custom pipelines, and with newer decoding elements."""
    watched = Watched(folder)
    (folder / "list.m3u8").write_bytes(hls(watched.path.as_uri()))
    for number, decoder in enumerate(("decodebin", "decodebin3", "parsebin ! decodebin")):
        (folder / f"{number}.launch").write_text(
            "# A pipeline.\n# param from = en | spoken\n# param to = es | wanted\n"
            f"filesrc location={folder}/list.m3u8 ! {decoder} ! audioconvert ! fakesink\n",
            encoding="utf-8")
        habla(folder, "interpret", "--pipeline", f"{number}.launch", status=None)
        want(not watched.was_opened(), f"{decoder}: {watched.path} was opened")


def test_recordings(folder):
    """Recordings from a server are interpreted."""
    with serve() as server:
        server.pages["/talk.wav"] = (recording(880).read_bytes(), None)
        output, _ = habla(folder, "interpret", f"{server.address}/talk.wav")
        want("young man" in output, output)


if __name__ == "__main__":
    main(globals())
