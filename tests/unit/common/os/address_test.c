/* address_test.c - addresses as text, in nets, and of this machine */
#include "common/base/base.h"

#include "common/os/address.h"
#include "tests/unit/unit.h"

static OsAddress address(const char *text)
{
    OsAddress a = {.len = 0};

    CU_ASSERT_TRUE(os_address_parse(text, &a));
    return a;
}

static void numbers_are_addresses_and_names_are_not(void)
{
    OsAddress a;

    a = address("10.1.2.3");
    CU_ASSERT_EQUAL(a.len, 4);
    CU_ASSERT_STRING_EQUAL(os_address_text(&a), "10.1.2.3");
    a = address("127.1");
    CU_ASSERT_STRING_EQUAL(os_address_text(&a), "127.0.0.1");
    a = address("2001:DB8::1");
    CU_ASSERT_EQUAL(a.len, 16);
    CU_ASSERT_STRING_EQUAL(os_address_text(&a), "2001:db8::1");
    CU_ASSERT_FALSE(os_address_parse("localhost", &a));
    CU_ASSERT_FALSE(os_address_parse("1.2.3.256", &a));
    CU_ASSERT_FALSE(os_address_parse("", &a));
    CU_ASSERT_STRING_EQUAL(os_address_text(&(OsAddress){.len = 0}), "");
}

static bool is_in(const char *text, const char *net, unsigned bits)
{
    OsAddress a = address(text), n = address(net);
    OsAddress mask = os_address_mask(bits, n.len);

    return os_address_in_net(&a, &n, &mask);
}

static void nets_hold_what_their_mask_says(void)
{
    OsAddress mask = os_address_mask(9, 4);

    CU_ASSERT_STRING_EQUAL(os_address_text(&mask), "255.128.0.0");
    mask = os_address_mask(0, 16);
    CU_ASSERT_STRING_EQUAL(os_address_text(&mask), "::");
    CU_ASSERT_TRUE(is_in("10.127.0.1", "10.0.0.0", 9));
    CU_ASSERT_FALSE(is_in("10.128.0.1", "10.0.0.0", 9));
    CU_ASSERT_TRUE(is_in("1.2.3.4", "9.9.9.9", 0));
    CU_ASSERT_TRUE(is_in("1.2.3.4", "1.2.3.4", 32));
    CU_ASSERT_FALSE(is_in("1.2.3.5", "1.2.3.4", 32));
    CU_ASSERT_TRUE(is_in("fe80::1", "fe80::", 64));
    CU_ASSERT_FALSE(is_in("::1", "127.0.0.1", 0));
}

static void this_machine_has_an_address_and_names_have_theirs(void)
{
    OsAddress self = address("127.0.0.1"), nobody = {.len = 0};
    bool is_found = false;
    Array interfaces, addresses;

    os_list_interfaces(&interfaces);
    array_foreach(OsInterface, i, &interfaces)
        is_found = is_found || os_address_equal(&i->address, &self);
    CU_ASSERT_TRUE(is_found);

    is_found = false;
    os_name_addresses("localhost", &addresses);
    array_foreach(OsAddress, a, &addresses)
        is_found = is_found || os_address_equal(a, &self);
    CU_ASSERT_TRUE(is_found);
    CU_ASSERT_PTR_NOT_NULL(os_address_name(&self));
    CU_ASSERT_PTR_NULL(os_address_name(&nobody));
    os_name_addresses("no.such.invalid", &addresses);
    CU_ASSERT_EQUAL(addresses.count, 0);
    self = address("::1");
    (void)os_address_name(&self); /* a machine without version 6 has no name for it */
}

UNIT_SUITE(address)
{
    UNIT_TEST(numbers_are_addresses_and_names_are_not);
    UNIT_TEST(nets_hold_what_their_mask_says);
    UNIT_TEST(this_machine_has_an_address_and_names_have_theirs);
}
