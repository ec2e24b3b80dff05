/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>

#include "config/period-mark.h"

#define ELEMENT "borrowed"

/* Digits only, and no more than fit into what libvirt takes. Returns 0 or -EINVAL. */
static int read_seconds(xmlNodePtr element, const char *name, unsigned least_s,
			unsigned *seconds)
{
	xmlChar *text = xmlGetNoNsProp(element, BAD_CAST name);
	size_t n = text ? strspn((const char *)text, "0123456789") : 0;
	unsigned long value = ULONG_MAX;

	if (n > 0 && n <= 9 && text[n] == '\0')
		value = strtoul((const char *)text, NULL, 10);
	xmlFree(text);
	if (value < least_s || value == ULONG_MAX)
		return -EINVAL;
	*seconds = (unsigned)value;
	return 0;
}

int period_mark_read(struct _xmlNode *element, struct period_mark *ret_mark)
{
	struct period_mark mark = { .is_there = true, .set_s = 1 };
	int r;

	if (!xmlStrEqual(element->name, BAD_CAST ELEMENT))
		return -EINVAL;
	r = read_seconds(element, "stats-period", 0, &mark.original_s);
	if (r == 0 && xmlHasProp(element, BAD_CAST "set"))
		r = read_seconds(element, "set", 1, &mark.set_s);
	if (r == 0)
		*ret_mark = mark;
	return r;
}

int period_mark_parse(const char *xml, struct period_mark *ret_mark)
{
	xmlDocPtr document =
		xmlReadMemory(xml, (int)strlen(xml), NULL, NULL,
			      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlNodePtr root = document ? xmlDocGetRootElement(document) : NULL;
	int r = root ? period_mark_read(root, ret_mark) : -EINVAL;

	xmlFreeDoc(document);
	return r;
}

char *period_mark_format(const struct period_mark *mark)
{
	char *text;

	return asprintf(&text, "<" ELEMENT " stats-period=\"%u\" set=\"%u\"/>",
			mark->original_s, mark->set_s) < 0
		       ? NULL
		       : text;
}
