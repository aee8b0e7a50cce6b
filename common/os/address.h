/*
 * address.h - addresses of the internet: from text and to text, of this machine, and by name
 */
#ifndef OS_ADDRESS_H
#define OS_ADDRESS_H

#include "common/base/base.h"

#include "common/ds/array.h"

typedef struct OsAddress {
    uint8_t bytes[16];
    unsigned len; /* 4 or 16; 0: none */
} OsAddress;

/* A number, in any form that inet_aton(3) and inet_pton(3) know; a name is false. */
bool os_address_parse(const char *text, OsAddress *out);

/* As numbers, in the current context. */
char *os_address_text(const OsAddress *address);

bool os_address_equal(const OsAddress *a, const OsAddress *b);

/* Is address in the net that net and mask, both of its length, make? */
bool os_address_in_net(const OsAddress *address, const OsAddress *net, const OsAddress *mask);

/* The mask of so many bits, of len bytes. */
OsAddress os_address_mask(unsigned bits, unsigned len);

/* An address of this machine, with its net. */
typedef struct OsInterface {
    OsAddress address, mask;
} OsInterface;

/* Fills interfaces (OsInterface), made by this call; raises when the system does not tell. */
void os_list_interfaces(Array *interfaces);

/* The name that address has in the system's directory, in the current context; NULL: none. */
char *os_address_name(const OsAddress *address);

/* Fill addresses (OsAddress), made by this call, with those of a name; none: empty. */
void os_name_addresses(const char *name, Array *addresses);

#endif
