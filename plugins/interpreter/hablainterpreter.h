/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define HABLA_TYPE_INTERPRETER (habla_interpreter_get_type ())
G_DECLARE_FINAL_TYPE (HablaInterpreter, habla_interpreter, HABLA, INTERPRETER, GstBin)

GST_ELEMENT_REGISTER_DECLARE (hablainterpreter)

G_END_DECLS
