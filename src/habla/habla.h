/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/annotations.h>
#include <habla/circuit-breaker.h>
#include <habla/cue.h>
#include <habla/engine.h>
#include <habla/error.h>
#include <habla/glossary.h>
#include <habla/histogram.h>
#include <habla/language.h>
#include <habla/language-pair.h>
#include <habla/markup.h>
#include <habla/model.h>
#include <habla/phonemizer.h>
#include <habla/synthesizer.h>
#include <habla/text-reader.h>
#include <habla/transcriber.h>
#include <habla/transcription.h>
#include <habla/translator.h>
#include <habla/utterance.h>
#include <habla/utterance-meta.h>
