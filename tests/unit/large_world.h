/* A store with so many rows of everything that a scan shows. */
#ifndef TESTS_UNIT_LARGE_WORLD_H
#define TESTS_UNIT_LARGE_WORLD_H

enum { MANY_USERS = 5000 }; /* of b-000 */

/* b-000 to b-199, of which b-000 has 5,000 users and the rest five; r-00 to r-19, of RabbitMQ.
 * 2,000 configurations beside those of brokers, c-limits of RabbitMQ, and c-many with all 300
 * revisions. As much in another account. Everything that can belong to a broker, many times over.
 */
static const char large_world[] =
    "WITH RECURSIVE n (x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM n LIMIT 200)"
    " INSERT INTO broker (id, name) SELECT printf('b-%03d', x), printf('orders-%03d', x) FROM n;"
    "WITH RECURSIVE n (x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM n LIMIT 200)"
    " INSERT INTO broker (id, account, name)"
    " SELECT printf('b-a%03d', x), '111122223333', printf('orders-%03d', x) FROM n;"
    "WITH RECURSIVE n (x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM n LIMIT 20)"
    " INSERT INTO broker (id, name, engine_type)"
    " SELECT printf('r-%02d', x), printf('events-%02d', x), 'RABBITMQ' FROM n;"
    "UPDATE broker SET state = 'REBOOT_IN_PROGRESS', state_due_ms = 4000000000000"
    " WHERE id >= 'b-100' AND id < 'b-160';"
    "UPDATE broker SET day_of_week = 'MONDAY', window_due_ms = 4000000000000"
    " WHERE id >= 'b-120' AND id < 'b-180';"
    "WITH RECURSIVE n (x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM n LIMIT 5000)"
    " INSERT INTO user (broker_id, username, password, groups)"
    " SELECT 'b-000', printf('user-%04d', x), 'correct-horse-12', '[\"g1\",\"g2\"]' FROM n;"
    "INSERT INTO user (broker_id, username, password)"
    " SELECT b.id, 'user-' || value, 'correct-horse-12' FROM broker b, json_each('[0,1,2,3,4]')"
    " WHERE engine_type = 'ACTIVEMQ' AND b.id <> 'b-000';"
    "WITH RECURSIVE n (x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM n LIMIT 2000)"
    " INSERT INTO configuration (id, name) SELECT printf('c-x%04d', x), printf('shop-%04d', x) FROM n;"
    "WITH RECURSIVE n (x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM n LIMIT 2000)"
    " INSERT INTO configuration (id, account, name)"
    " SELECT printf('c--%04d', x), '111122223333', 'other' FROM n;"
    "INSERT INTO configuration (id, name) VALUES ('c-many', 'many');"
    "WITH RECURSIVE n (x) AS (SELECT 2 UNION ALL SELECT x + 1 FROM n LIMIT 299)"
    " INSERT INTO configuration_revision (configuration_id, revision, data)"
    " SELECT 'c-many', x, '<broker/>' FROM n;"
    "INSERT INTO configuration (id, name, engine_type) VALUES ('c-limits', 'limits', 'RABBITMQ');"
    "INSERT INTO configuration_revision (configuration_id, revision, data)"
    " VALUES ('c-limits', 2, 'connection_max = 300'), ('c-limits', 3, 'connection_max = 301');"
    "INSERT INTO broker_tag (broker_id, key, value)"
    " SELECT b.id, 'tag-' || value, 'value' FROM broker b, json_each('[0,1,2,3,4]');"
    "INSERT INTO configuration_tag (configuration_id, key, value)"
    " SELECT c.id, 'tag-' || value, 'value' FROM configuration c, json_each('[0,1]');"
    "INSERT INTO broker_configuration_history (broker_id, configuration_id, revision)"
    " SELECT b.id, 'c-many', value FROM broker b, json_each('[1,2,3,4,5]');"
    "INSERT INTO broker_action_required (broker_id, code, info)"
    " SELECT id, 'BROKER_OOM', 'more memory' FROM broker;"
    "INSERT INTO shared_resource (broker_id, resource_arn)"
    " SELECT b.id, 'arn:aws:ram:us-east-1:123456789012:resource-share/' || v.value"
    " FROM broker b, json_each('[10,11,12,13,14,15,16,17,18,19]') v WHERE b.id LIKE 'r-%';"
    "WITH RECURSIVE n (x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM n LIMIT 500)"
    " INSERT INTO resource_share_error (resource_share_arn)"
    " SELECT 'arn:aws:ram:us-east-1:123456789012:resource-share/lost-' || x FROM n;"
    "WITH RECURSIVE n (x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM n LIMIT 1000)"
    " INSERT INTO instance_option (engine_type, host_instance_type, storage_type, deployment_modes)"
    " SELECT 'ACTIVEMQ', 'mq.z' || x || '.large', 'EBS', '[\"SINGLE_INSTANCE\"]' FROM n;"
    "WITH RECURSIVE n (x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM n LIMIT 1000)"
    " INSERT INTO rabbitmq_limit (host_instance_type, deployment_mode)"
    " SELECT 'mq.z' || x || '.large', 'SINGLE_INSTANCE' FROM n;"
    "WITH RECURSIVE n (x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM n LIMIT 500)"
    " INSERT INTO availability_zone (region, name) SELECT 'far-' || x, 'far-' || x || 'a' FROM n;"
    "WITH RECURSIVE n (x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM n LIMIT 1000)"
    " INSERT INTO access_key (id, secret) SELECT printf('AKID%04d', x), 'secret' FROM n;"
    "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 20)"
    " INSERT INTO fault (operation, broker_id, delay_ms) SELECT 'CreateUser', 'b-nowhere-' || x, 1 FROM n;";

#define NUMBERS(below) \
    "WITH RECURSIVE n (x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM n LIMIT " #below ")"

/* 500 VPCs in each of two accounts, of which vpc-250 is the default one and has the first thousand
 * security groups; the other rows are four to a VPC. A thousand instance types of the region of the
 * calls, of which every second stands in the place of a default one, and as many of another. A
 * statement each. */
static const char *const large_places[] = {
    NUMBERS(500) " INSERT INTO vpc (id, is_default) SELECT 'vpc-' || x, x = 250 FROM n",
    NUMBERS(500) " INSERT INTO vpc (id, account) SELECT 'vpc-a' || x, '111122223333' FROM n",
    NUMBERS(
        2000) " INSERT INTO subnet (id, vpc_id) SELECT 'subnet-' || x, 'vpc-' || (x / 4) FROM n",
    NUMBERS(2000) " INSERT INTO security_group (id, vpc_id, is_default) SELECT 'sg-' || x,"
                  " CASE WHEN x < 1000 THEN 'vpc-250' ELSE 'vpc-' || (x / 4) END, x = 999 FROM n",
    NUMBERS(
        1000) " INSERT INTO instance_option (region, engine_type, host_instance_type,"
              " storage_type, deployment_modes) SELECT 'us-east-1', 'ACTIVEMQ', 'mq.z' || x ||"
              " CASE x % 2 WHEN 0 THEN '.large' ELSE '.own' END, 'EBS', '[\"SINGLE_INSTANCE\"]' FROM n",
    NUMBERS(
        1000) " INSERT INTO instance_option (region, engine_type, host_instance_type,"
              " storage_type, deployment_modes)"
              " SELECT 'far-' || x, 'ACTIVEMQ', 'mq.a' || x, 'EBS', '[\"SINGLE_INSTANCE\"]' FROM n",
};

#endif
