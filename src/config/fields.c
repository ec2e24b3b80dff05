/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "config/fields.h"

static void *at(void *structure, size_t offset)
{
	return (char *)structure + offset;
}

/* Read a whole or broken number. */
static bool get_number(const config_setting_t *setting, double *ret_number)
{
	switch (config_setting_type(setting)) {
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		*ret_number = (double)config_setting_get_int64(setting);
		return true;
	case CONFIG_TYPE_FLOAT:
		*ret_number = config_setting_get_float(setting);
		return true;
	default:
		return false;
	}
}

static int refuse(const struct config_reader *reader, const config_setting_t *setting,
		  const struct field *field, const char *expected)
{
	return config_refuse(reader, config_setting_source_line(setting), "%s must be %s",
			     field->name, expected);
}

/* Read a size with a sign into KiB; false if it is none. */
static bool get_size(const config_setting_t *setting, long long *ret_kib)
{
	const char *text = config_setting_get_string(setting);
	bool is_negative = text && *text == '-';
	uint64_t bytes;

	if (!text || size_parse(text + is_negative, &bytes) < 0)
		return false;
	*ret_kib = (long long)(bytes / 1024);
	if (is_negative)
		*ret_kib = -*ret_kib;
	return true;
}

static int read_size(const struct config_reader *reader, const config_setting_t *setting,
		     const struct field *field, void *member)
{
	const char *sign = field->min < 0 ? "-" : "";
	unsigned long long min = (unsigned long long)llabs(field->min);
	char from[SIZE_TEXT_LENGTH], to[SIZE_TEXT_LENGTH];
	long long kib;

	if (!get_size(setting, &kib) || kib < field->min || kib > field->max)
		return config_refuse(reader, config_setting_source_line(setting),
				     "%s must be a size from \"%s%s\" to \"%s\"",
				     field->name, sign, size_format(min, from),
				     size_format((uint64_t)field->max, to));
	if (field->type == FIELD_SIZE)
		*(uint64_t *)member = (uint64_t)kib;
	else
		*(int64_t *)member = kib;
	return 0;
}

static int read_seconds(const struct config_reader *reader,
			const config_setting_t *setting, const struct field *field,
			void *member)
{
	double seconds;

	if (!get_number(setting, &seconds) || !(seconds * 1000 >= (double)field->min) ||
	    !(seconds * 1000 <= (double)field->max))
		return config_refuse(reader, config_setting_source_line(setting),
				     "%s must be a number of seconds from %g to %g",
				     field->name, (double)field->min / 1000,
				     (double)field->max / 1000);
	*(int64_t *)member = llround(seconds * 1000);
	return 0;
}

static int read_count(const struct config_reader *reader, const config_setting_t *setting,
		      const struct field *field, void *member)
{
	int type = config_setting_type(setting);
	long long value = config_setting_get_int64(setting);

	if ((type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64) ||
	    value < field->min || value > field->max)
		return config_refuse(reader, config_setting_source_line(setting),
				     "%s must be a whole number from %lld to %lld",
				     field->name, field->min, field->max);
	*(unsigned *)member = (unsigned)value;
	return 0;
}

static int read_text(const struct config_reader *reader, const config_setting_t *setting,
		     const struct field *field, void *member)
{
	const char *text = config_setting_get_string(setting);

	if (!text || !*text)
		return refuse(reader, setting, field, "a text in quotes");
	*(char **)member = strdup(text);
	return *(char **)member ? 0 : -ENOMEM;
}

static int read_bool(const struct config_reader *reader, const config_setting_t *setting,
		     const struct field *field, void *member)
{
	if (config_setting_type(setting) != CONFIG_TYPE_BOOL)
		return refuse(reader, setting, field, "true or false");
	*(bool *)member = config_setting_get_bool(setting);
	return 0;
}

static int read_field(const struct config_reader *reader, const config_setting_t *setting,
		      const struct field *field, void *structure)
{
	void *member = at(structure, field->offset);

	switch (field->type) {
	case FIELD_TEXT:
		return read_text(reader, setting, field, member);
	case FIELD_SIZE:
	case FIELD_CHANGE:
		return read_size(reader, setting, field, member);
	case FIELD_SECONDS:
		return read_seconds(reader, setting, field, member);
	case FIELD_COUNT:
		return read_count(reader, setting, field, member);
	case FIELD_BOOL:
		return read_bool(reader, setting, field, member);
	case FIELD_OTHER:
		return field->read(reader, setting, structure);
	}
	return 0;
}

static const struct field *find_field(const struct field *fields, const char *name)
{
	for (; fields->name; fields++)
		if (strcmp(fields->name, name) == 0)
			return fields;
	return NULL;
}

static int check_required(const struct config_reader *reader,
			  const config_setting_t *group, const struct field *fields)
{
	for (; fields->name; fields++)
		if (fields->is_required &&
		    !config_setting_get_member(group, fields->name))
			return config_refuse(reader, config_setting_source_line(group),
					     "%s is missing", fields->name);
	return 0;
}

int fields_read(const struct config_reader *reader, const config_setting_t *group,
		const struct field *fields, void *structure)
{
	unsigned n = (unsigned)config_setting_length(group);

	for (unsigned i = 0; i < n; i++) {
		const config_setting_t *setting = config_setting_get_elem(group, i);
		const char *name = config_setting_name(setting);
		const struct field *field = find_field(fields, name);
		int r;

		if (!field)
			return config_refuse(reader, config_setting_source_line(setting),
					     "unknown setting '%s'", name);
		r = read_field(reader, setting, field, structure);
		if (r < 0)
			return r;
		if (field->presence)
			*(bool *)at(structure, field->presence) = true;
	}
	return check_required(reader, group, fields);
}
