/* Every rule of schema/0006_vpc.sql broken once. */
#include "seed_rules.h"

static const char base[] =
    "INSERT INTO vpc (id, is_default) VALUES ('vpc-1', 1);"
    "INSERT INTO vpc (id, region, is_default) VALUES ('vpc-eu', 'eu-west-1', 1);"
    "INSERT INTO subnet (id, vpc_id) VALUES ('subnet-1', 'vpc-1');"
    "INSERT INTO security_group (id, vpc_id, is_default) VALUES ('sg-1', 'vpc-1', 1);";

#define VPC(columns, values) "INSERT INTO vpc (id, " columns ") VALUES ('vpc-2', " values ")"
#define SUBNET(values) "INSERT INTO subnet (id, vpc_id) VALUES (" values ")"
#define GROUP(values) "INSERT INTO security_group (id, vpc_id, is_default) VALUES (" values ")"

static const char id_form[] = "id: 1 to 100 characters of [A-Za-z0-9-]";
static const char one_default[] = "is_default: one VPC of an account and region";

static const struct rule all[] = {
    {"INSERT INTO vpc (id) VALUES ('')", id_form},
    {"INSERT INTO vpc (id) VALUES ('vpc_1')", id_form},
    {"INSERT INTO vpc (id) VALUES ('vpc' || char(0))", id_form},
    {"INSERT INTO vpc (id) VALUES (printf('%0101d', 1))", id_form},
    {"INSERT INTO vpc (id) VALUES ('vpc-1')", "id: another row of vpc has the same"},
    {VPC("account", "'12345'"), "account: 12 digits"},
    {VPC("region", "'EU'"), "region: up to 32 characters of [a-z0-9-]"},
    {VPC("is_default", "2"), "is_default: 0 or 1"},
    {VPC("internet_gateway", "2"), "internet_gateway: 0 or 1"},
    {VPC("is_default", "1"), one_default},
    {VPC("region, is_default", "'us-east-1', 1"), one_default},
    {VPC("account, is_default", "'123456789012', 1"), one_default},
    {"INSERT OR IGNORE INTO vpc (id, is_default) VALUES ('vpc-2', 1)", one_default},
    {"INSERT INTO vpc (id, region, is_default) VALUES ('vpc-2', 'x', 1), ('vpc-3', 'x', 1)",
     one_default},
    {"UPDATE vpc SET region = 'us-east-1' WHERE id = 'vpc-eu'", one_default},
    {"UPDATE vpc SET region = ''", "account, region: the default is for INSERT"},
    {"UPDATE vpc SET account = '', is_default = 0", "account, region: the default is for INSERT"},
    {SUBNET("'', 'vpc-1'"), id_form},
    {SUBNET("'subnet 2', 'vpc-1'"), id_form},
    {SUBNET("'subnet-1', 'vpc-1'"), "id: another row of subnet has the same"},
    {SUBNET("'subnet-2', 'vpc-9'"), "FOREIGN KEY: subnet.vpc_id → vpc.id has no such row"},
    {"INSERT INTO subnet (id) VALUES ('subnet-2')", "vpc_id: required in every row of subnet"},
    {GROUP("'', 'vpc-1', 0"), id_form},
    {GROUP("'sg_2', 'vpc-1', 0"), id_form},
    {GROUP("'sg-1', 'vpc-1', 0"), "id: another row of security_group has the same"},
    {GROUP("'sg-2', 'vpc-1', 7"), "is_default: 0 or 1"},
    {GROUP("'sg-2', 'vpc-1', 1"), "vpc_id, is_default: another row of security_group has the same"},
    {GROUP("'sg-2', 'vpc-9', 0"), "FOREIGN KEY: security_group.vpc_id → vpc.id has no such row"},
};

static const struct rules all_rules[] = {{all, COUNT(all)}};

static void each_rule_names_itself(void **state)
{
    (void)state;
    check_rules(base, all_rules, COUNT(all_rules));
}

static void no_rule_is_untested(void **state)
{
    (void)state;
    check_no_rule_is_untested(all_rules, COUNT(all_rules), SCHEMA_DIR "/0006_vpc.sql", NULL, NULL,
                              (const char *const[]){NULL});
}

static void what_is_just_allowed(void **state)
{
    (void)state;
    static const char *const allowed[] = {
        "INSERT INTO vpc (id) VALUES ('a'), (printf('%0100d', 1)), ('vpc-3')",
        VPC("account, is_default", "'210987654321', 1"),
        VPC("region, is_default", "'eu-central-1', 1"),
        "UPDATE vpc SET is_default = 1, internet_gateway = 0 WHERE id = 'vpc-1'",
        "UPDATE vpc SET is_default = 0; UPDATE vpc SET region = 'us-east-1'",
        "INSERT OR REPLACE INTO vpc (id, is_default) VALUES ('vpc-1', 1)",
        SUBNET("'subnet-2', 'vpc-eu'"),
        GROUP("'sg-2', 'vpc-1', 0), ('sg-3', 'vpc-eu', 1"),
        /* What is in it goes with it. */
        "DELETE FROM vpc",
    };
    for (size_t i = 0; i < COUNT(allowed); i++)
        expect_in(base, allowed[i], "ok");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_names_itself),
        cmocka_unit_test(no_rule_is_untested),
        cmocka_unit_test(what_is_just_allowed),
    };
    return cmocka_run_group_tests_name("seed_rules_vpc", tests, NULL, NULL);
}
