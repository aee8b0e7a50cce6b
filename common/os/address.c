/* address.c - addresses, by the system's resolver. */
#include "common/base/base.h"

#include "common/os/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "common/mem/mem.h"
#include "common/os/os_int.h"

#define LIST_MAX 64 /* copied before the system's list is freed, as a push may raise */

static bool take(const struct sockaddr *from, OsAddress *out);
static socklen_t give(const OsAddress *from, struct sockaddr_storage *out);

bool os_address_parse(const char *text, OsAddress *out)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    bool is_number = getaddrinfo(text, NULL, &hints, &found) == 0;
    bool is_taken = is_number && take(found->ai_addr, out);

    if (is_number)
        freeaddrinfo(found);
    return is_taken;
}

/* False for what is neither version 4 nor 6; *out is then as it was. */
static bool take(const struct sockaddr *from, OsAddress *out)
{
    if (from->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, from, sizeof(v4));
        *out = (OsAddress){.len = 4};
        memcpy(out->bytes, &v4.sin_addr, 4);
        return true;
    }
    if (from->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, from, sizeof(v6));
        *out = (OsAddress){.len = 16};
        memcpy(out->bytes, &v6.sin6_addr, 16);
        return true;
    }
    return false;
}

char *os_address_text(const OsAddress *address)
{
    char text[INET6_ADDRSTRLEN] = "";

    if (address->len != 0)
        inet_ntop(address->len == 4 ? AF_INET : AF_INET6, address->bytes, text, sizeof(text));
    return mem_strdup(text);
}

bool os_address_equal(const OsAddress *a, const OsAddress *b)
{
    return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

bool os_address_in_net(const OsAddress *address, const OsAddress *net, const OsAddress *mask)
{
    if (address->len != net->len || address->len != mask->len)
        return false;
    for (unsigned i = 0; i < address->len; i++)
        if (((address->bytes[i] ^ net->bytes[i]) & mask->bytes[i]) != 0)
            return false;
    return true;
}

OsAddress os_address_mask(unsigned bits, unsigned len)
{
    OsAddress mask = {.len = len};

    for (unsigned i = 0; i < len; i++) {
        unsigned left = bits > i * 8 ? bits - i * 8 : 0;
        mask.bytes[i] = (uint8_t)(left >= 8 ? 0xFFU : 0xFFU << (8 - left));
    }
    return mask;
}

void os_list_interfaces(Array *interfaces)
{
    OsInterface found[LIST_MAX];
    size_t count = 0;
    struct ifaddrs *list;

    if (getifaddrs(&list) != 0)
        os_raise(errno, "could not list network interfaces");
    for (const struct ifaddrs *i = list; i != NULL && count < LIST_MAX; i = i->ifa_next)
        if (i->ifa_addr != NULL && i->ifa_netmask != NULL &&
            take(i->ifa_addr, &found[count].address) && take(i->ifa_netmask, &found[count].mask))
            count++;
    freeifaddrs(list);

    array_init(interfaces, sizeof(OsInterface));
    for (size_t i = 0; i < count; i++)
        *(OsInterface *)array_push(interfaces) = found[i];
}

static socklen_t give(const OsAddress *from, struct sockaddr_storage *out)
{
    memset(out, 0, sizeof(*out));
    if (from->len == 4) {
        struct sockaddr_in v4 = {.sin_family = AF_INET};
        memcpy(&v4.sin_addr, from->bytes, 4);
        memcpy(out, &v4, sizeof(v4));
        return sizeof(v4);
    }
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    memcpy(&v6.sin6_addr, from->bytes, 16);
    memcpy(out, &v6, sizeof(v6));
    return sizeof(v6);
}

char *os_address_name(const OsAddress *address)
{
    struct sockaddr_storage place;
    char name[NI_MAXHOST];
    socklen_t len;

    if (address->len == 0)
        return NULL;
    len = give(address, &place);
    if (getnameinfo((const struct sockaddr *)&place, len, name, sizeof(name), NULL, 0,
                    NI_NAMEREQD) != 0)
        return NULL;
    return mem_strdup(name);
}

void os_name_addresses(const char *name, Array *addresses)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    OsAddress found[LIST_MAX];
    size_t count = 0;
    struct addrinfo *list;

    array_init(addresses, sizeof(OsAddress));
    if (getaddrinfo(name, NULL, &hints, &list) != 0)
        return;
    for (const struct addrinfo *i = list; i != NULL && count < LIST_MAX; i = i->ai_next)
        count += take(i->ai_addr, &found[count]);
    freeaddrinfo(list);
    for (size_t i = 0; i < count; i++)
        *(OsAddress *)array_push(addresses) = found[i];
}
