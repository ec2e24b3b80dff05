/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The live XML of a domain: refused with nothing changed, or traits. */
#include <errno.h>

#include "config/period-mark.h"
#include "libvirt/traits.h"
#include "fuzz.h"

/* What is written is read again. */
static void check_round_trip(const struct domain_choices *choices)
{
	char *xml = metadata_format(choices), error[METADATA_ERROR_SIZE];
	struct domain_choices again;

	REQUIRE(xml);
	REQUIRE(metadata_parse(xml, &again, error) == 0);
	REQUIRE(again.is_left_out == choices->is_left_out);
	REQUIRE(again.floor_kib == choices->floor_kib);
	REQUIRE(again.ceiling_kib == choices->ceiling_kib);
	REQUIRE(again.weight == choices->weight);
	free(xml);
}

static void check_mark(const struct period_mark *mark)
{
	char *xml = period_mark_format(mark);
	struct period_mark again;

	REQUIRE(xml);
	if (mark->is_there) {
		REQUIRE(period_mark_parse(xml, &again) == 0);
		REQUIRE(again.original_s == mark->original_s);
		REQUIRE(again.set_s == mark->set_s && mark->set_s > 0);
	}
	free(xml);
}

static void parse(const char *xml)
{
	const struct libvirt_traits untouched = { .stats_period_s = 4711 };
	struct libvirt_traits traits = untouched, again = untouched;
	int r = libvirt_parse_traits(xml, &traits);

	REQUIRE(r == 0 || r == -EINVAL);
	REQUIRE(libvirt_parse_traits(xml, &again) == r);
	REQUIRE(traits.has_balloon == again.has_balloon);
	REQUIRE(traits.has_stats_period == again.has_stats_period);
	REQUIRE(traits.stats_period_s == again.stats_period_s);
	REQUIRE(traits.traits == again.traits);
	REQUIRE(strcmp(traits.metadata_error, again.metadata_error) == 0);
	if (r < 0) {
		REQUIRE(traits.stats_period_s == untouched.stats_period_s);
		return;
	}
	check_choices(&traits.choices);
	check_round_trip(&traits.choices);
	check_mark(&traits.period_mark);
}

/* The input where it is read: libFuzzer cannot see what libxml2 would like to have. */
static void parse_within(const char *before, const char *text, const char *behind)
{
	char *xml = NULL;

	REQUIRE(asprintf(&xml, "%s%s%s", before, text, behind) >= 0);
	parse(xml);
	free(xml);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = copy_text(data, size);

	parse(text);
	parse_within("<domain><devices>", text, "</devices></domain>");
	parse_within("<domain><devices><memballoon model='virtio'><stats period='", text,
		     "'/></memballoon></devices></domain>");
	parse_within("<domain><metadata><m:settings xmlns:m='" METADATA_NAMESPACE "' ",
		     text, "/></metadata></domain>");
	parse_within("<domain><metadata><m:settings xmlns:m='" METADATA_NAMESPACE
		     "' ceiling='1 GiB' floor='",
		     text, "'/></metadata></domain>");
	parse_within("<domain><metadata><m:borrowed xmlns:m='" PERIOD_MARK_NAMESPACE "' ",
		     text, "/></metadata></domain>");
	free(text);
	return 0;
}
