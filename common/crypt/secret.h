/* secret.h - handling secrets: compare them in constant time, wipe them. */
#ifndef CRYPT_SECRET_H
#define CRYPT_SECRET_H

#include "common/base/base.h"

/* Are len bytes the same? Takes as long whatever they are. */
bool secret_equal(const void *a, const void *b, size_t len);

/* Overwrite, also where the compiler sees no use of it any more. */
void secret_wipe(void *bytes, size_t len);

#endif
