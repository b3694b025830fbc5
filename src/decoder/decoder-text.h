/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Messages about input that cannot be decoded, for the person who sent it. */
/* %s: the error in it */
#define HABLA_DECODER_DAMAGED "The audio is damaged: %s; record it again, or send another file"
#define HABLA_DECODER_NO_AUDIO \
  "The input contains no audio; send WebM, Ogg or MP4 with Opus, Vorbis, FLAC or AAC, a " \
  "WAV, FLAC or MP3 file, or PCM"
