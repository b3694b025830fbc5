#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A program outside of Habla's sources: prints the captions of a recording in English.

usage: captions.py RECORDING
"""
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst

LAUNCH = ("filesrc name=file ! wavparse ! audioconvert ! audioresample ! pocketsphinxtranscriber language-code=en ! "
          "captionsink")


def main():
    Gst.init(None)
    pipeline = Gst.parse_launch(LAUNCH)
    pipeline.get_by_name("file").set_property("location", sys.argv[1])
    pipeline.set_state(Gst.State.PLAYING)
    types = Gst.MessageType.ELEMENT | Gst.MessageType.ERROR | Gst.MessageType.EOS
    while True:
        message = pipeline.get_bus().timed_pop_filtered(Gst.CLOCK_TIME_NONE, types)
        if message.has_name("habla/caption"):
            caption = message.get_structure()
            if caption.get_value("final"):
                print(caption.get_value("text"))
        elif message.type == Gst.MessageType.ERROR:
            sys.exit(message.parse_error()[0].message)
        elif message.type == Gst.MessageType.EOS:
            break
    pipeline.set_state(Gst.State.NULL)


if __name__ == "__main__":
    main()
