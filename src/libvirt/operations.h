/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The operations of hypervisor.h, carried out by a worker. */
#pragma once

#include "cycle/hypervisor.h"

int libvirt_set_target(struct hypervisor *base, const char *uuid, uint64_t target_kib);
int libvirt_set_stats_period(struct hypervisor *base, const char *uuid,
			     unsigned period_s);
int libvirt_mark_stats_period(struct hypervisor *base, const char *uuid,
			      const struct period_mark *mark);
int libvirt_refresh(struct hypervisor *base, const char *uuid);
int libvirt_has_job(struct hypervisor *base, const char *uuid, bool *ret_has_job);
bool libvirt_answers(struct hypervisor *base);
int libvirt_sample_definitions(struct hypervisor *base, struct snapshot *ret_snapshot);
int libvirt_read_definitions(struct hypervisor *base, const char *domain,
			     struct definitions *ret_definitions);
int libvirt_write_metadata(struct hypervisor *base, const char *uuid,
			   enum definition_kind kind, const char *element);
