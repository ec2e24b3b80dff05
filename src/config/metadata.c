/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>

#include "base/size.h"
#include "config/metadata.h"

#define ELEMENT "settings"

static int read_size(const char *name, const char *text, uint64_t *ret_kib,
		     char error[METADATA_ERROR_SIZE])
{
	char from[SIZE_TEXT_LENGTH], to[SIZE_TEXT_LENGTH];
	uint64_t bytes;

	if (size_parse(text, &bytes) < 0 || bytes / 1024 < DOMAIN_FLOOR_MIN_KIB ||
	    bytes / 1024 > DOMAIN_SIZE_MAX_KIB) {
		snprintf(error, METADATA_ERROR_SIZE,
			 "%s must be a size from \"%s\" to \"%s\"", name,
			 size_format(DOMAIN_FLOOR_MIN_KIB, from),
			 size_format(DOMAIN_SIZE_MAX_KIB, to));
		return -EINVAL;
	}
	*ret_kib = bytes / 1024;
	return 0;
}

static int read_floor(struct domain_choices *choices, const char *text,
		      char error[METADATA_ERROR_SIZE])
{
	return read_size("floor", text, &choices->floor_kib, error);
}

static int read_ceiling(struct domain_choices *choices, const char *text,
			char error[METADATA_ERROR_SIZE])
{
	return read_size("ceiling", text, &choices->ceiling_kib, error);
}

/* Digits only: strtoul() would take signs and spaces. */
static int read_weight(struct domain_choices *choices, const char *text,
		       char error[METADATA_ERROR_SIZE])
{
	size_t n = strspn(text, "0123456789");
	unsigned long weight = n <= 9 && text[n] == '\0' ? strtoul(text, NULL, 10) : 0;

	if (weight >= WEIGHT_MIN && weight <= WEIGHT_MAX) {
		choices->weight = (unsigned)weight;
		return 0;
	}
	snprintf(error, METADATA_ERROR_SIZE,
		 "weight must be a whole number from %d to %d", WEIGHT_MIN, WEIGHT_MAX);
	return -EINVAL;
}

static int read_managed(struct domain_choices *choices, const char *text,
			char error[METADATA_ERROR_SIZE])
{
	if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0) {
		snprintf(error, METADATA_ERROR_SIZE, "managed must be yes or no");
		return -EINVAL;
	}
	choices->is_left_out = strcmp(text, "no") == 0;
	return 0;
}

static const struct attribute {
	const char *name;
	int (*read)(struct domain_choices *choices, const char *text,
		    char error[METADATA_ERROR_SIZE]);
} attributes[] = {
	{ "floor", read_floor },
	{ "ceiling", read_ceiling },
	{ "weight", read_weight },
	{ "managed", read_managed },
};

int metadata_choose(struct domain_choices *choices, const char *name, const char *text,
		    char error[METADATA_ERROR_SIZE])
{
	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++)
		if (strcmp(attributes[i].name, name) == 0)
			return attributes[i].read(choices, text, error);
	snprintf(error, METADATA_ERROR_SIZE,
		 "unknown attribute '%.32s' (known: floor, ceiling, weight, managed)",
		 name);
	return -EINVAL;
}

int metadata_check(const struct domain_choices *choices, char error[METADATA_ERROR_SIZE])
{
	if (choices->ceiling_kib == 0 || choices->floor_kib <= choices->ceiling_kib)
		return 0;
	snprintf(error, METADATA_ERROR_SIZE, "floor must not be above ceiling");
	return -EINVAL;
}

static int read_attribute(struct domain_choices *choices, xmlAttrPtr attribute,
			  char error[METADATA_ERROR_SIZE])
{
	xmlChar *text = xmlNodeGetContent((const xmlNode *)attribute);
	const char *name = (const char *)attribute->name;
	int r;

	if (!text) {
		snprintf(error, METADATA_ERROR_SIZE, "out of memory");
		return -EINVAL;
	}
	/* None of the attributes has a namespace. */
	r = metadata_choose(choices, attribute->ns ? "" : name, (const char *)text,
			    error);
	xmlFree(text);
	return r;
}

/* Comments and blanks do not count. */
static bool is_empty(const xmlNode *element)
{
	for (const xmlNode *child = element->children; child; child = child->next)
		if (child->type != XML_COMMENT_NODE && child->type != XML_PI_NODE &&
		    !xmlIsBlankNode(child))
			return false;
	return true;
}

int metadata_read(struct _xmlNode *element, struct domain_choices *ret_choices,
		  char error[METADATA_ERROR_SIZE])
{
	struct domain_choices choices = { 0 };
	int r = 0;

	if (!xmlStrEqual(element->name, BAD_CAST ELEMENT) || !is_empty(element)) {
		snprintf(error, METADATA_ERROR_SIZE,
			 "expected one element '" ELEMENT "' with nothing in it");
		return -EINVAL;
	}
	for (xmlAttrPtr attribute = element->properties; r == 0 && attribute;
	     attribute = attribute->next)
		r = read_attribute(&choices, attribute, error);
	if (r == 0)
		r = metadata_check(&choices, error);
	if (r == 0)
		*ret_choices = choices;
	return r;
}

int metadata_parse(const char *xml, struct domain_choices *ret_choices,
		   char error[METADATA_ERROR_SIZE])
{
	xmlDocPtr document =
		xmlReadMemory(xml, (int)strlen(xml), NULL, NULL,
			      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlNodePtr root = document ? xmlDocGetRootElement(document) : NULL;
	int r = -EINVAL;

	if (root)
		r = metadata_read(root, ret_choices, error);
	else
		snprintf(error, METADATA_ERROR_SIZE, "it is not well-formed XML");
	xmlFreeDoc(document);
	return r;
}

/* A size is written exactly, for it is read again. */
static void write_size(FILE *stream, const char *name, uint64_t kib)
{
	static const char units[][4] = { "KiB", "MiB", "GiB", "TiB" };
	size_t unit = 0;

	if (kib == 0)
		return;
	while (unit < 3 && kib % 1024 == 0) {
		kib /= 1024;
		unit++;
	}
	fprintf(stream, " %s=\"%" PRIu64 " %s\"", name, kib, units[unit]);
}

char *metadata_format(const struct domain_choices *choices)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return NULL;
	fputs("<" ELEMENT, stream);
	if (choices->is_left_out)
		fputs(" managed=\"no\"", stream);
	write_size(stream, "floor", choices->floor_kib);
	write_size(stream, "ceiling", choices->ceiling_kib);
	if (choices->weight > 0)
		fprintf(stream, " weight=\"%u\"", choices->weight);
	fputs("/>", stream);
	if (fclose(stream) == 0)
		return text;
	free(text);
	return NULL;
}
