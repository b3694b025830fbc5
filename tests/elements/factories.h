/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef void (*FactoryTest) (gconstpointer factory_name);

void factories_add_tests (const char *path, FactoryTest test);
void factories_refuse_connections (GstElement *element);
gboolean factories_is_missing_engine (GstMessage *error);

G_END_DECLS
