/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest whose report is missing.
 *
 * libvirt tells nobody when a statistics period is changed, nor when memory is plugged
 * into the definition of a domain; only its live XML has that. It is read again when a
 * report does not come as what is known of the domain would have it.
 *
 * Pure: no I/O, no clock. Times are monotonic milliseconds.
 */
#pragma once

#include "core/domain.h"

struct absence {
	bool has_looked;
	uint64_t last_update_s; /* of the last report */
	int64_t report_ms;	/* when that was first seen, or the domain itself */
	unsigned n_asked; /* how often its XML was asked for since then, the last time: */
	int64_t asked_ms;
};

/* Take in what @domain shows at @now_ms. */
void absence_observe(struct absence *absence, const struct domain *domain,
		     int64_t now_ms);

/*
 * Is the live XML of @domain worth reading at @now_ms? It is when the first report is
 * missing: none came within the known period and a second, by which busy guests may be
 * late. A guest that stays silent costs less and less: it is asked for after another 5 s,
 * 10 s and so on, in the end each ten minutes.
 */
bool absence_is_due(const struct absence *absence, const struct domain *domain,
		    int64_t now_ms);

/* Note that it was asked for at @now_ms. */
void absence_note_asked(struct absence *absence, int64_t now_ms);
