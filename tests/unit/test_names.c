/* mq/names: ARNs, hosts, addresses and stable ids, of three partitions. */
#include "support.h"

#include <ctype.h>

#include "mq/names.h"

/* A slice of a longer text: nothing behind it may be read. */
#define PART(text) ((struct slice){text "!!!", sizeof(text) - 1})

static struct broker broker_in(struct slice region, enum engine engine)
{
    return (struct broker){.id = PART("b-12"),
                           .account = PART("123456789012"),
                           .region = region,
                           .name = PART("orders"),
                           .engine = engine};
}

static void names_follow_the_partition(void **state)
{
    (void)state;
    static const struct {
        struct slice region;
        const char *arn, *configuration, *first, *second, *rabbitmq, *kms;
    } cases[] = {
        {{"us-east-1!", 9},
         "arn:aws:mq:us-east-1:123456789012:broker:orders:b-12",
         "arn:aws:mq:us-east-1:123456789012:configuration:c-12",
         "b-12-1.mq.us-east-1.amazonaws.com",
         "b-12-2.mq.us-east-1.amazonaws.com",
         "b-12.mq.us-east-1.on.aws",
         "arn:aws:kms:us-east-1:123456789012:key/"},
        {{"cn-north-1!", 10},
         "arn:aws-cn:mq:cn-north-1:123456789012:broker:orders:b-12",
         "arn:aws-cn:mq:cn-north-1:123456789012:configuration:c-12",
         "b-12-1.mq.cn-north-1.amazonaws.com.cn",
         "b-12-2.mq.cn-north-1.amazonaws.com.cn",
         "b-12.mq.cn-north-1.amazonaws.com.cn",
         "arn:aws-cn:kms:cn-north-1:123456789012:key/"},
        {{"us-gov-west-1!", 13},
         "arn:aws-us-gov:mq:us-gov-west-1:123456789012:broker:orders:b-12",
         "arn:aws-us-gov:mq:us-gov-west-1:123456789012:configuration:c-12",
         "b-12-1.mq.us-gov-west-1.amazonaws.com",
         "b-12-2.mq.us-gov-west-1.amazonaws.com",
         "b-12.mq.us-gov-west-1.on.aws",
         "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/"},
        /* The dash belongs to it. */
        {{"cnx-1!", 5},
         "arn:aws:mq:cnx-1:123456789012:broker:orders:b-12",
         "arn:aws:mq:cnx-1:123456789012:configuration:c-12",
         "b-12-1.mq.cnx-1.amazonaws.com",
         "b-12-2.mq.cnx-1.amazonaws.com",
         "b-12.mq.cnx-1.on.aws",
         "arn:aws:kms:cnx-1:123456789012:key/"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena;
        struct broker active = broker_in(cases[i].region, ENGINE_ACTIVEMQ);
        struct broker rabbit = broker_in(cases[i].region, ENGINE_RABBITMQ);
        struct configuration configuration = {
            .id = PART("c-12"), .account = PART("123456789012"), .region = cases[i].region};
        arena_init(&arena, 100000);
        assert_slice(name_broker_arn(&active, &arena), cases[i].arn);
        assert_slice(name_broker_arn(&rabbit, &arena), cases[i].arn);
        assert_slice(name_configuration_arn(&configuration, &arena), cases[i].configuration);
        assert_slice(name_host(&active, 1, &arena), cases[i].first);
        assert_slice(name_host(&active, 2, &arena), cases[i].second);
        assert_slice(name_host(&rabbit, 1, &arena), cases[i].rabbitmq);
        struct slice key = name_kms_key(&active, &arena);
        assert_int_equal(key.len, strlen(cases[i].kms) + 36);
        assert_true(slice_starts_with(key, slice_of(cases[i].kms)));
        arena_close(&arena);
    }
}

/* Exact heap copies, so that the sanitizer sees a byte read too far. */
static void nothing_is_read_behind_a_slice(void **state)
{
    (void)state;
    char *parts[4];
    static const char *const texts[] = {"b-9", "000000000001", "cn-north-1", "n"};
    struct slice slices[4];
    struct arena arena;
    for (size_t i = 0; i < 4; i++) {
        size_t len = strlen(texts[i]);
        parts[i] = malloc(len);
        assert_non_null(parts[i]);
        memcpy(parts[i], texts[i], len);
        slices[i] = (struct slice){parts[i], len};
    }
    struct broker broker = {
        .id = slices[0], .account = slices[1], .region = slices[2], .name = slices[3]};
    struct configuration configuration = {
        .id = slices[0], .account = slices[1], .region = slices[2]};
    arena_init(&arena, 100000);
    assert_slice(name_broker_arn(&broker, &arena),
                 "arn:aws-cn:mq:cn-north-1:000000000001:broker:n:b-9");
    assert_slice(name_configuration_arn(&configuration, &arena),
                 "arn:aws-cn:mq:cn-north-1:000000000001:configuration:b-9");
    assert_slice(name_host(&broker, 2, &arena), "b-9-2.mq.cn-north-1.amazonaws.com.cn");
    assert_non_null(name_kms_key(&broker, &arena).data);
    assert_non_null(name_ip_address(&broker, 1, &arena).data);
    assert_non_null(name_network_id(&broker, "sg-", 1, &arena).data);
    for (size_t i = 0; i < 4; i++)
        free(parts[i]);
    arena_close(&arena);
}

/* The same for the same world, others for another. */
static void ids_nobody_gave_are_stable(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 100000);
    struct broker one = broker_in(SLICE("us-east-1"), ENGINE_ACTIVEMQ);
    struct broker same = broker_in(SLICE("us-east-1"), ENGINE_RABBITMQ);
    same.id = SLICE("b-13");
    struct broker region = broker_in(SLICE("us-east-2"), ENGINE_ACTIVEMQ);
    struct broker account = broker_in(SLICE("us-east-1"), ENGINE_ACTIVEMQ);
    account.account = SLICE("210987654321");
    struct slice id = name_network_id(&one, "subnet-", 1, &arena);
    assert_int_equal(id.len, strlen("subnet-") + 17);
    for (size_t i = strlen("subnet-"); i < id.len; i++)
        assert_true(isdigit((unsigned char)id.data[i]) || (id.data[i] >= 'a' && id.data[i] <= 'f'));
    assert_true(slice_equal(id, name_network_id(&same, "subnet-", 1, &arena)));
    assert_false(slice_equal(id, name_network_id(&one, "subnet-", 2, &arena)));
    assert_false(slice_equal(id, name_network_id(&region, "subnet-", 1, &arena)));
    assert_false(slice_equal(id, name_network_id(&account, "subnet-", 1, &arena)));
    /* Not the same hexadecimal digits under another prefix. */
    struct slice group = name_network_id(&one, "sg-", 1, &arena);
    assert_memory_not_equal(id.data + strlen("subnet-"), group.data + strlen("sg-"), 17);
    struct slice key = name_kms_key(&one, &arena);
    assert_true(slice_equal(key, name_kms_key(&same, &arena)));
    assert_false(slice_equal(key, name_kms_key(&region, &arena)));
    one.kms_key_id = SLICE("mine");
    assert_slice(name_kms_key(&one, &arena), "mine");
    arena_close(&arena);
}

static void addresses_are_addresses(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    for (int i = 0; i < 2000; i++) {
        unsigned parts[4];
        char end;
        struct broker broker = broker_in(SLICE("us-east-1"), ENGINE_ACTIVEMQ);
        broker.id = slice_of(arena_printf(&arena, "b-%d", i));
        broker.publicly_accessible = i % 2;
        struct slice address = name_ip_address(&broker, 1 + i % 3, &arena);
        assert_int_equal(
            sscanf(address.data, "%u.%u.%u.%u%c", &parts[0], &parts[1], &parts[2], &parts[3], &end),
            4);
        assert_int_equal(parts[0], i % 2 ? 203 : 172);
        assert_int_equal(parts[1], i % 2 ? 0 : 31);
        assert_true(i % 2 ? parts[2] == 113 : parts[2] <= 255);
        assert_in_range(parts[3], 1, 254);
        assert_true(slice_equal(address, name_ip_address(&broker, 1 + i % 3, &arena)));
        arena_reset(&arena);
    }
    arena_close(&arena);
}

static void without_memory_there_is_no_name(void **state)
{
    (void)state;
    struct broker broker = broker_in(SLICE("us-east-1"), ENGINE_ACTIVEMQ);
    struct configuration configuration = {
        .id = SLICE("c"), .account = SLICE("1"), .region = SLICE("r")};
    for (size_t ceiling = 0; ceiling < 24; ceiling += 8) {
        struct arena arena;
        arena_init(&arena, ceiling);
        assert_null(name_broker_arn(&broker, &arena).data);
        assert_null(name_configuration_arn(&configuration, &arena).data);
        assert_null(name_host(&broker, 1, &arena).data);
        assert_null(name_ip_address(&broker, 1, &arena).data);
        assert_null(name_kms_key(&broker, &arena).data);
        assert_null(name_network_id(&broker, "sg-", 1, &arena).data);
        arena_close(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_follow_the_partition),
        cmocka_unit_test(nothing_is_read_behind_a_slice),
        cmocka_unit_test(ids_nobody_gave_are_stable),
        cmocka_unit_test(addresses_are_addresses),
        cmocka_unit_test(without_memory_there_is_no_name),
    };
    return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
