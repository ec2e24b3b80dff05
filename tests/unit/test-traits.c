/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include <libxml/parser.h>

#include "libvirt-internal.h"
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
	  { .has_balloon = true, .has_stats_period = true } },
	{ "as QEMU's driver writes it",
	  DOMAIN("<disk type='file'/><memballoon model='virtio' freePageReporting='on'>"
		 "<stats period='5'/><alias name='balloon0'/><address type='pci'/>"
		 "</memballoon>"),
	  0,
	  { .has_balloon = true, .has_stats_period = true, .stats_period_s = 5 } },
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

static void parse(void **state)
{
	const struct row *row = *state;
	const struct libvirt_traits untouched = { true, true, 4711 };
	struct libvirt_traits traits = untouched;
	const struct libvirt_traits *expected = row->result ? &untouched : &row->traits;

	assert_int_equal(libvirt_parse_traits(row->xml, &traits), row->result);
	assert_int_equal(traits.has_balloon, expected->has_balloon);
	assert_int_equal(traits.has_stats_period, expected->has_stats_period);
	assert_int_equal(traits.stats_period_s, expected->stats_period_s);
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
	suite_add(&suite, truncated, NULL, "every truncation");
	return suite_run("traits", &suite, NULL, tear_down);
}
