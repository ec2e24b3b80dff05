/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "paint/model.h"

void top_model_clear(struct top_model *model)
{
	for (size_t i = 0; i < model->n_rows; i++)
		free(model->rows[i].name);
	free(model->rows);
	*model = (struct top_model){ 0 };
}
