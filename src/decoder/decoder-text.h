/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What people read about input that is not decoded. %s: what is wrong with it. */
#define HABLA_DECODER_DAMAGED "The audio is damaged: %s; record it again, or send another file"
#define HABLA_DECODER_NO_AUDIO \
  "There is no audio in what came in; send WebM, Ogg or MP4 with Opus, Vorbis, FLAC or AAC, a " \
  "WAV, FLAC or MP3 file, or PCM"
