#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs the build's hablad with the fault that HABLA_FAULT names: see planted-faults.c.
# The sanitizers' runtime must come first, so this is for builds without one.
here=$(cd "$(dirname "$0")" && pwd)
# A path in LD_PRELOAD would end at a blank.
export LD_LIBRARY_PATH="$here${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
LD_PRELOAD=libplanted-faults.so exec "$here/../../src/daemon/hablad" "$@"
