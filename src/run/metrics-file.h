/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file with the metrics of 'run', for the node exporter of Prometheus. */
#pragma once

#include "run/metrics.h"

/*
 * Where @settings want it: in @ret_path, the caller's; NULL: nowhere. Without a setting
 * it belongs into the directory that systemd has made for the service, if there is one.
 * Returns 0, or -ENOMEM with @ret_path untouched.
 */
int metrics_file_path(const struct settings *settings, char **ret_path);

/*
 * Put the metrics of @view into the file @path, for everybody to read. Whoever reads it
 * meanwhile gets the old ones or the new ones, never a part. Returns 0, or a negative
 * errno with the file as it was; -EEXIST: something else than a file has that name.
 */
int metrics_file_write(const char *path, const struct metrics_view *view);
