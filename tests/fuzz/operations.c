/* Calls of every operation and endpoint, for targets that bring a whole store. */
#include "server.h"

#include <string.h>

#include "control/endpoints.h"
#include "mq/operations.h"
#include "world.h"

enum { BROKERS_MAX = 16, NAME_MAX = 128 };

/* What the labels of a path stand for. */
struct names {
    char broker[NAME_MAX], account[NAME_MAX], region[NAME_MAX], username[NAME_MAX];
    char configuration[NAME_MAX], revision[NAME_MAX], name[NAME_MAX];
};

struct brokers {
    struct names list[BROKERS_MAX];
    size_t count;
};

/* Bodies and queries; for others `{}`. */
static const struct {
    const char *name, *query, *body;
} samples[] = {
    {"CreateUser", "", "{\"password\":\"a-long-password-1\",\"groups\":[\"admins\"]}"},
    {"UpdateUser", "", "{\"consoleAccess\":true,\"groups\":[\"admins\"]}"},
    {"CreateBroker", "",
     "{\"brokerName\":\"made\",\"deploymentMode\":\"SINGLE_INSTANCE\",\"engineType\":\"ACTIVEMQ\","
     "\"hostInstanceType\":\"mq.m5.large\",\"publiclyAccessible\":false,\"users\":[{\"username\":"
     "\"admin\",\"password\":\"a-long-password-1\"}]}"},
    {"UpdateBroker", "",
     "{\"autoMinorVersionUpgrade\":true,\"engineVersion\":\"5.19\",\"logs\":{\"general\":true},"
     "\"maintenanceWindowStartTime\":{\"dayOfWeek\":\"MONDAY\",\"timeOfDay\":\"03:00\"}}"},
    {"CreateConfiguration", "", "{\"name\":\"made\",\"engineType\":\"ACTIVEMQ\"}"},
    {"UpdateConfiguration", "",
     "{\"data\":\"PGJyb2tlciB4bWxucz0iaHR0cDovL2FjdGl2ZW1xLmFwYWNoZS5vcmcvc2NoZW1hL2NvcmUiLz4=\"}"},
    {"CreateTags", "", "{\"tags\":{\"key\":\"value\"}}"},
    {"DeleteTags", "?tagKeys=key", "{}"},
    {"Promote", "", "{\"mode\":\"FAILOVER\"}"},
    {"/_local/reset", "?region=nowhere-1", ""},
    {"/_local/seed", "", "UPDATE broker SET name = name || '-x' WHERE length(name) < 40;"},
    {"/_local/clock", "", "{\"advanceMs\":1300000000}"},
    {"/_local/faults", "", "{\"operation\":\"ListUsers\",\"delayMs\":1}"},
    {"/_local/authenticate", "",
     "{\"brokerId\":\"b-orders\",\"username\":\"alice\",\"password\":\"Zq7-alice-applied\"}"},
};

static void remember_broker(const char *const *columns, void *context)
{
    struct brokers *brokers = context;
    if (brokers->count == BROKERS_MAX)
        return;
    struct names *names = &brokers->list[brokers->count++];
    char *const places[] = {names->broker,        names->account,  names->region, names->username,
                            names->configuration, names->revision, names->name};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        snprintf(places[i], NAME_MAX, "%s", columns[i] ? columns[i] : "none");
}

static void find_brokers(struct brokers *brokers)
{
    brokers->count = 0;
    world_ask("SELECT id, account, region, (SELECT username FROM user WHERE broker_id = broker.id"
              " ORDER BY pending_change IS NULL, 1 LIMIT 1), coalesce(configuration_id, (SELECT id"
              " FROM configuration LIMIT 1)), configuration_revision, name FROM broker ORDER BY id",
              remember_broker, brokers);
}

static void fill(char *target, size_t size, const char *pattern, const struct names *names)
{
    char arn[5 * NAME_MAX];
    snprintf(arn, sizeof arn, "arn%%3Aaws%%3Amq%%3A%s%%3A%s%%3Abroker%%3A%s%%3A%s", names->region,
             names->account, names->name, names->broker);
    const struct {
        const char *label, *name;
    } labels[] = {
        {"{broker-id}", names->broker},
        {"{username}", names->username},
        {"{configuration-id}", names->configuration},
        {"{configuration-revision}", names->revision},
        {"{resource-arn}", arn},
    };
    size_t used = 0;
    while (*pattern && used + 1 < size) {
        size_t i = 0;
        while (i < sizeof labels / sizeof *labels &&
               strncmp(pattern, labels[i].label, strlen(labels[i].label)) != 0)
            i++;
        if (i < sizeof labels / sizeof *labels) {
            used += (size_t)snprintf(target + used, size - used, "%s", labels[i].name);
            pattern += strlen(labels[i].label);
        } else {
            target[used++] = *pattern++;
        }
    }
    FUZZ_CHECK(used < size);
    target[used] = '\0';
}

static void call(struct server *server, const struct operation *operation,
                 const struct names *names)
{
    const char *name = operation->name ? operation->name : operation->path, *query = "";
    const char *body = strcmp(operation->method, "GET") == 0 ? "" : "{}";
    char target[2000], request[4000];
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        if (strcmp(samples[i].name, name) == 0) {
            query = samples[i].query;
            body = *body ? samples[i].body : "";
        }
    fill(target, sizeof target, operation->path, names);
    snprintf(request, sizeof request,
             "%s %s%s\nAuthorization: AWS4-HMAC-SHA256 Credential=%s/20261123/%s/mq/aws4_request, "
             "SignedHeaders=host, Signature=00\n\n%s",
             operation->method, target, strcmp(operation->method, "GET") == 0 ? "" : query,
             names->account, names->region, body);
    server_serve(server, slice_of(request));
}

/* Deletions last, each on the brokers that are there then. */
static void call_operations(struct server *server)
{
    static const char *const methods[] = {"GET", "PUT", "POST", "DELETE"};
    static struct brokers brokers;
    for (size_t m = 0; m < sizeof methods / sizeof *methods; m++) {
        find_brokers(&brokers);
        for (size_t b = 0; b < brokers.count; b++) {
            for (size_t i = 0; i < operation_count; i++)
                if (strcmp(operations[i].method, methods[m]) == 0)
                    call(server, &operations[i], &brokers.list[b]);
            server_commit(server);
        }
    }
}

static void call_endpoints(struct server *server)
{
    const struct names names = {.account = "123456789012", .region = "us-east-1"};
    bool reset = server->input.len % 4 == 0; /* only sometimes, as it is slow */
    for (size_t i = 0; i < control_operation_count; i++)
        if (strcmp(control_operations[i].method, "PUT") != 0 &&
            (reset || strcmp(control_operations[i].path, "/_local/reset") != 0))
            call(server, &control_operations[i], &names);
    server_commit(server);
}

static void describe(struct server *server, const struct names *names)
{
    for (size_t i = 0; i < operation_count; i++)
        if (strcmp(operations[i].name, "DescribeBroker") == 0)
            call(server, &operations[i], names);
}

void fuzz_check_operations(struct slice input)
{
    struct server server;
    static struct brokers brokers;
    server_open(&server, input, ONE_TICK);
    find_brokers(&brokers);
    for (size_t i = 0; i < brokers.count; i++) /* with the policies and faults of the store */
        describe(&server, &brokers.list[i]);
    server_admit_all(&server);
    call_operations(&server);
    call_endpoints(&server);
    server_admit_all(&server);
    find_brokers(&brokers);
    for (size_t i = 0; i < brokers.count; i++)
        describe(&server, &brokers.list[i]);
    server_commit(&server);
    server_close(&server);
}

void fuzz_check_described(void)
{
    static char first[8192];
    const struct names names = {
        .broker = "b-orders", .account = "123456789012", .region = "us-east-1"};
    struct server server;
    server_open(&server, SLICE(""), 0);
    describe(&server, &names);
    struct slice answer = buffer_slice(&server.answer);
    FUZZ_CHECK(answer.len > 0 && answer.len < sizeof first);
    if (!*first)
        snprintf(first, sizeof first, "%.*s", (int)answer.len, answer.data);
    FUZZ_CHECK_SEEN(slice_equal(answer, slice_of(first)), "%.*s", (int)answer.len, answer.data);
    server_close(&server);
}
