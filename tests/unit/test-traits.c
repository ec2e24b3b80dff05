/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <libxml/parser.h>

#include "config/period-mark.h"
#include "libvirt/traits.h"
#include "suite.h"

#define DOMAIN(devices)                                                                  \
	"<domain type='kvm' id='1'><name>d</name><devices>" devices "</devices></"       \
	"domain>"

static const struct row {
	const char *name, *xml;
	int result;
	struct libvirt_traits traits;
} rows[] = {
	{ "virtio",
	  DOMAIN("<memballoon model='virtio'/>"),
	  0,
	  { .has_balloon = true, .has_stats_period = true } },
	{ "virtio-non-transitional",
	  DOMAIN("<memballoon model='virtio-non-transitional' autodeflate='on'/>"),
	  0,
	  { .has_balloon = true,
	    .has_stats_period = true,
	    .traits = DOMAIN_AUTODEFLATES } },
	{ "as QEMU's driver writes it",
	  DOMAIN("<disk type='file'/><memballoon model='virtio' freePageReporting='on'>"
		 "<stats period='5'/><alias name='balloon0'/><address type='pci'/>"
		 "</memballoon>"),
	  0,
	  { .has_balloon = true,
	    .has_stats_period = true,
	    .stats_period_s = 5,
	    .traits = DOMAIN_REPORTS_FREE_PAGES } },
	{ "period 0",
	  DOMAIN("<memballoon model='virtio'><stats period='0'/></memballoon>"),
	  0,
	  { .has_balloon = true, .has_stats_period = true } },
	{ "the largest period",
	  DOMAIN("<memballoon model='virtio'><stats period='2147483647'/></memballoon>"),
	  0,
	  { .has_balloon = true,
	    .has_stats_period = true,
	    .stats_period_s = 2147483647 } },
	{ "stats without a period",
	  DOMAIN("<memballoon model='virtio'><stats/></memballoon>"),
	  0,
	  { .has_balloon = true, .has_stats_period = true } },
	{ "a period that is no number",
	  DOMAIN("<memballoon model='virtio'><stats period='often'/></memballoon>"),
	  0,
	  { .has_balloon = true, .has_stats_period = true } },
	{ "a period that is too large",
	  DOMAIN("<memballoon model='virtio'><stats period='4294967296'/></memballoon>"),
	  0,
	  { .has_balloon = true, .has_stats_period = true } },
	{ "a negative period",
	  DOMAIN("<memballoon model='virtio'><stats period='-1'/></memballoon>"),
	  0,
	  { .has_balloon = true, .has_stats_period = true } },
	{ "model xen",
	  DOMAIN("<memballoon model='xen'/>"),
	  0,
	  { .has_balloon = true, .has_stats_period = true } },
	{ "model none",
	  DOMAIN("<memballoon model='none'/>"),
	  0,
	  { .has_balloon = false, .has_stats_period = true } },
	/* A driver that does not write the element has a balloon all the same. */
	{ "no memballoon", DOMAIN(""), 0, { .has_balloon = true } },
	{ "no devices", "<domain/>", 0, { .has_balloon = true } },
	{ "memballoon without a model",
	  DOMAIN("<memballoon/>"),
	  0,
	  { .has_balloon = true } },
	{ "memballoon in a wrong place",
	  "<domain><memballoon model='none'/></domain>",
	  0,
	  { .has_balloon = true } },
	{ "memballoon in metadata only",
	  "<domain><metadata><x:devices xmlns:x='urn:x'><x:memballoon model='none'/>"
	  "</x:devices></metadata></domain>",
	  0,
	  { .has_balloon = true } },
	{ "memballoon in a comment only",
	  DOMAIN("<!-- <memballoon model='none'/> -->"),
	  0,
	  { .has_balloon = true } },
	{ "with declaration and non-ASCII name",
	  "<?xml version='1.0' encoding='UTF-8'?><domain><name>gr\xc3\xbcn</name>"
	  "<devices><memballoon model='none'/></devices></domain>",
	  0,
	  { .has_balloon = false, .has_stats_period = true } },
	{ "an external entity is not loaded",
	  "<!DOCTYPE domain [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"
	  "<domain><name>&e;</name></domain>",
	  0,
	  { .has_balloon = true } },

	{ "empty text", "", -EINVAL, { 0 } },
	{ "white space", " \n ", -EINVAL, { 0 } },
	{ "no XML", "memballoon", -EINVAL, { 0 } },
	{ "unclosed", "<domain><devices><memballoon model='none'/>", -EINVAL, { 0 } },
	{ "wrong nesting", "<domain><devices></domain></devices>", -EINVAL, { 0 } },
	{ "cut in an attribute",
	  "<domain><devices><memballoon model='no",
	  -EINVAL,
	  { 0 } },
	{ "two roots", "<domain/><domain/>", -EINVAL, { 0 } },
	{ "unknown entity", "<domain>&nope;</domain>", -EINVAL, { 0 } },
	{ "not UTF-8", "<domain><name>\xff\xfe</name></domain>", -EINVAL, { 0 } },
	{ "a control character", "<domain><name>\x01</name></domain>", -EINVAL, { 0 } },
};

/* What is anywhere within <domain>, and which trait it is. */
static const struct trait_row {
	const char *xml;
	unsigned traits;
} trait_rows[] = {
	{ "<devices><hostdev mode='subsystem' type='pci' managed='yes'/></devices>",
	  DOMAIN_PASSES_DEVICES },
	{ "<devices><hostdev type='mdev' model='vfio-pci'/></devices>",
	  DOMAIN_PASSES_DEVICES },
	{ "<devices><hostdev type='mdev' model='vfio-ccw'/></devices>", 0 },
	{ "<devices><hostdev type='usb'/><hostdev type='scsi'/></devices>", 0 },
	{ "<devices><interface type='hostdev'/></devices>", DOMAIN_PASSES_DEVICES },
	{ "<devices><interface type='vdpa'/></devices>", DOMAIN_PASSES_DEVICES },
	{ "<devices><interface type='network'/></devices>", 0 },
	{ "<devices><disk type='nvme'/></devices>", DOMAIN_PASSES_DEVICES },
	{ "<devices><disk type='vhostvdpa'/></devices>", DOMAIN_PASSES_DEVICES },
	{ "<devices><disk type='file'/></devices>", 0 },
	{ "<memoryBacking><locked/></memoryBacking>", DOMAIN_LOCKS_MEMORY },
	{ "<memoryBacking><hugepages/></memoryBacking>", DOMAIN_HAS_HUGE_PAGES },
	{ "<memoryBacking><hugepages><page size='2' unit='M'/></hugepages>"
	  "</memoryBacking>",
	  DOMAIN_HAS_HUGE_PAGES },
	{ "<memoryBacking><source type='memfd'/></memoryBacking>", 0 },
	{ "<launchSecurity type='sev'/>", DOMAIN_IS_ENCRYPTED },
	{ "<launchSecurity type='tdx'/>", DOMAIN_IS_ENCRYPTED },
	{ "<devices><memballoon autodeflate='off' freePageReporting='off'/></devices>",
	  0 },
	{ "<devices><memballoon autodeflate='on' freePageReporting='on'/></devices>",
	  DOMAIN_AUTODEFLATES | DOMAIN_REPORTS_FREE_PAGES },
	{ "<devices><memory model='virtio-mem'/></devices>", DOMAIN_HAS_PLUGGED_MEMORY },
	{ "<devices><memory model='dimm'/></devices>", DOMAIN_HAS_PLUGGED_MEMORY },
	{ "<devices><memory model='nvdimm'/></devices>", 0 },
	{ "<numatune><memory mode='strict' nodeset='0'/></numatune>",
	  DOMAIN_IS_NUMA_BOUND },
	{ "<numatune><memory nodeset='0'/></numatune>", DOMAIN_IS_NUMA_BOUND },
	{ "<numatune><memory mode='preferred' nodeset='0'/></numatune>", 0 },
	/* none of these is where libvirt has them */
	{ "<metadata><launchSecurity/><locked/></metadata><locked/><hugepages/>", 0 },
};

static void find_trait(void **state)
{
	const struct trait_row *row = *state;
	struct libvirt_traits traits;
	char xml[512];

	snprintf(xml, sizeof(xml), "<domain>%s</domain>", row->xml);
	assert_int_equal(libvirt_parse_traits(xml, &traits), 0);
	assert_int_equal(traits.traits, row->traits);
}

static const struct maximum_row {
	const char *xml;
	uint64_t maximum_kib;
} maximum_rows[] = {
	{ "<memory unit='KiB'>4194304</memory>", (uint64_t)4 * 1024 * 1024 },
	{ "<memory unit='KiB' dumpCore='off'>1</memory>", 1 },
	{ "<currentMemory unit='KiB'>1</currentMemory>", 0 },
	{ "<devices><memory unit='KiB'>1</memory></devices>", 0 },
	{ "<memory unit='KiB'>much</memory>", 0 },
	{ "<memory unit='GiB'>1</memory>", 0 }, /* libvirt does not write so */
};

static void find_maximum(void **state)
{
	const struct maximum_row *row = *state;
	struct libvirt_traits traits;
	char xml[512];

	snprintf(xml, sizeof(xml), "<domain>%s</domain>", row->xml);
	assert_int_equal(libvirt_parse_traits(xml, &traits), 0);
	assert_int_equal(traits.maximum_kib, row->maximum_kib);
}

/* Good or bad, the metadata of a domain is no reason not to know the rest. */
static void metadata_is_read(void **state)
{
	struct libvirt_traits traits;

	(void)state;
	assert_int_equal(
		libvirt_parse_traits("<domain><metadata><a:b xmlns:a='urn:other' c='1'/>"
				     "<m:settings xmlns:m='urn:memcoord:domain:1' "
				     "floor='1 GiB' weight='7' managed='no'/></metadata>"
				     "<launchSecurity/></domain>",
				     &traits),
		0);
	assert_int_equal(traits.choices.floor_kib, 1024 * 1024);
	assert_int_equal(traits.choices.weight, 7);
	assert_true(traits.choices.is_left_out);
	assert_string_equal(traits.metadata_error, "");
	assert_int_equal(traits.traits, DOMAIN_IS_ENCRYPTED);
}

static void bad_metadata_is_told(void **state)
{
	struct libvirt_traits traits;

	(void)state;
	assert_int_equal(
		libvirt_parse_traits("<domain><metadata><m:settings "
				     "xmlns:m='urn:memcoord:domain:1' weight='7' "
				     "floor='1'/></metadata><launchSecurity/></domain>",
				     &traits),
		0);
	assert_int_equal(traits.choices.weight, 0);
	assert_string_equal(traits.metadata_error,
			    "floor must be a size from \"50 MiB\" to \"1024 TiB\"");
	assert_int_equal(traits.traits, DOMAIN_IS_ENCRYPTED);
}

/* Beside the domain's settings, whose namespace is another one; or instead of them. */
static void marks_are_read(void **state)
{
	static const struct {
		const char *attributes;
		struct period_mark mark;
	} cases[] = {
		{ "stats-period='10' set='5'", { true, 10, 5 } },
		{ "stats-period='0' set='1'", { true, 0, 1 } },
		{ "stats-period='10'", { true, 10, 1 } },
		{ "stats-period='999999999' set='999999999'",
		  { true, 999999999, 999999999 } },
		{ "", { 0 } },
		{ "set='1'", { 0 } },
		{ "stats-period=''", { 0 } },
		{ "stats-period='-1'", { 0 } },
		{ "stats-period='+1'", { 0 } },
		{ "stats-period=' 1'", { 0 } },
		{ "stats-period='1 s'", { 0 } },
		{ "stats-period='4294967297'", { 0 } },
		{ "stats-period='10' set='0'", { 0 } },
		{ "stats-period='10' set='x'", { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		const struct period_mark *expected = &cases[i / 2].mark;
		struct libvirt_traits traits;
		char xml[512];

		snprintf(
			xml, sizeof(xml),
			"<domain><metadata>%s<m:borrowed "
			"xmlns:m='urn:memcoord:borrowed:1' %s/></metadata></domain>",
			i % 2 ? "<m:settings xmlns:m='urn:memcoord:domain:1' weight='7'/>"
			      : "",
			cases[i / 2].attributes);
		assert_int_equal(libvirt_parse_traits(xml, &traits), 0);
		assert_int_equal(traits.period_mark.is_there, expected->is_there);
		assert_int_equal(traits.period_mark.original_s, expected->original_s);
		assert_int_equal(traits.period_mark.set_s, expected->set_s);
		assert_int_equal(traits.choices.weight, i % 2 ? 7 : 0);
		assert_string_equal(traits.metadata_error, "");
	}
}

static void a_mark_of_another_name_or_place_is_none(void **state)
{
	static const char *const xmls[] = {
		"<domain><metadata><borrowed stats-period='1'/></metadata></domain>",
		"<domain><metadata><lent xmlns='urn:memcoord:borrowed:1' "
		"stats-period='1'/></metadata></domain>",
		"<domain><borrowed xmlns='urn:memcoord:borrowed:1' stats-period='1'/>"
		"</domain>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(xmls) / sizeof(xmls[0]); i++) {
		struct libvirt_traits traits;

		assert_int_equal(libvirt_parse_traits(xmls[i], &traits), 0);
		assert_false(traits.period_mark.is_there);
	}
}

static void what_is_written_is_read_again(void **state)
{
	const struct period_mark mark = { true, 600, 60 };
	struct period_mark again;
	char *text = period_mark_format(&mark);

	(void)state;
	assert_string_equal(text, "<borrowed stats-period=\"600\" set=\"60\"/>");
	assert_int_equal(period_mark_parse(text, &again), 0);
	assert_int_equal(again.original_s, 600);
	assert_int_equal(again.set_s, 60);
	free(text);
	assert_int_equal(period_mark_parse("<borrowed", &again), -EINVAL);
}

/* In KiB, as libvirt writes them; any other unit is not libvirt's. */
static void sizes_are_read(void **state)
{
	struct libvirt_traits traits;

	(void)state;
	assert_int_equal(
		libvirt_parse_traits("<domain><memory unit='KiB'>4096</memory>"
				     "<currentMemory unit='KiB'>1024</currentMemory>"
				     "</domain>",
				     &traits),
		0);
	assert_int_equal(traits.maximum_kib, 4096);
	assert_int_equal(traits.current_kib, 1024);
	assert_int_equal(libvirt_parse_traits("<domain><memory unit='GiB'>4</memory>"
					      "</domain>",
					      &traits),
			 0);
	assert_int_equal(traits.maximum_kib, 0);
	assert_int_equal(traits.current_kib, 0);
}

static void parse(void **state)
{
	const struct row *row = *state;
	const struct libvirt_traits untouched = { true, true, .stats_period_s = 4711 };
	struct libvirt_traits traits = untouched;
	const struct libvirt_traits *expected = row->result ? &untouched : &row->traits;

	assert_int_equal(libvirt_parse_traits(row->xml, &traits), row->result);
	assert_int_equal(traits.has_balloon, expected->has_balloon);
	assert_int_equal(traits.has_stats_period, expected->has_stats_period);
	assert_int_equal(traits.stats_period_s, expected->stats_period_s);
	assert_int_equal(traits.traits, expected->traits);
	assert_int_equal(traits.choices.is_left_out, expected->choices.is_left_out);
	assert_int_equal(traits.choices.floor_kib, expected->choices.floor_kib);
	assert_int_equal(traits.choices.weight, expected->choices.weight);
	assert_string_equal(traits.metadata_error, expected->metadata_error);
}

/* Every prefix of a good document is broken: none may crash or pass for a whole one. */
static void truncated(void **state)
{
	const char *xml = rows[2].xml;
	size_t length = strlen(xml);

	(void)state;
	for (size_t i = 0; i < length; i++) {
		struct libvirt_traits traits;
		char *prefix = strndup(xml, i);

		assert_non_null(prefix);
		assert_int_equal(libvirt_parse_traits(prefix, &traits), -EINVAL);
		free(prefix);
	}
}

static int tear_down(void **state)
{
	(void)state;
	xmlCleanupParser();
	return 0;
}

int main(void)
{
	static struct suite suite;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		suite_add(&suite, parse, &rows[i], "%s", rows[i].name);
	for (size_t i = 0; i < sizeof(trait_rows) / sizeof(trait_rows[0]); i++)
		suite_add(&suite, find_trait, &trait_rows[i], "%s", trait_rows[i].xml);
	for (size_t i = 0; i < sizeof(maximum_rows) / sizeof(maximum_rows[0]); i++)
		suite_add(&suite, find_maximum, &maximum_rows[i], "%s",
			  maximum_rows[i].xml);
	suite_add(&suite, metadata_is_read, NULL, "metadata is read");
	suite_add(&suite, bad_metadata_is_told, NULL, "bad metadata is told");
	suite_add(&suite, marks_are_read, NULL, "marks are read");
	suite_add(&suite, a_mark_of_another_name_or_place_is_none, NULL,
		  "a mark of another name or place is none");
	suite_add(&suite, what_is_written_is_read_again, NULL,
		  "what is written is read again");
	suite_add(&suite, sizes_are_read, NULL, "sizes are read");
	suite_add(&suite, truncated, NULL, "every truncation");
	return suite_run("traits", &suite, NULL, tear_down);
}
