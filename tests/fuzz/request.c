/* Whole requests, separated by the byte 0x1E (format: request_text.h), processed as by the listener
 * but without a socket, with a seeded store. The first byte has the options of the server (enum
 * option).
 *
 * Checks of every reply: no 5xx except from an injected fault; a body of its Content-Type, JSON of
 * the API with sorted members and without null; no injection into headers and log lines; no
 * password of the seed. Of the store: every tick commits, a rejected request changes nothing, and
 * at the end all of it can be read and due changes can be performed. */
#include "server.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "base/xml.h"
#include "http/framing.h"
#include "http/reply.h"
#include "json_oracle.h"
#include "mq/clock.h"
#include "mq/operations.h"
#include "request_text.h"
#include "store/snapshot.h"
#include "world.h"

enum { REQUESTS_MAX = 24, JOURNAL = 16, RECORD_SEPARATOR = 0x1E, LOG_SHOWN = 1 << 16 };

static const int64_t day_ms = 86400000;

void server_open(struct server *server, struct slice input, size_t options)
{
    static const char *const seeds[] = {FUZZ_WORLD}, *const names[] = {"mq.test"};
    int64_t duration_ms = options & AT_ONCE ? 0 : 60000;
    *server = (struct server){.store = world_store(),
                              .settings = {.account = SLICE("123456789012"),
                                           .region = SLICE("us-east-1"),
                                           .verify = options & VERIFY,
                                           .throttle = options & THROTTLE,
                                           .create_ms = duration_ms,
                                           .reboot_ms = duration_ms,
                                           .delete_ms = duration_ms},
                              .input = input,
                              .options = options};
    metrics_init(&server->metrics, operations, operation_count);
    server->control = (struct control){.version = VERSION,
                                       .seeds = seeds,
                                       .seed_count = 1,
                                       .token = options & TOKEN ? "t0ken" : NULL,
                                       .names = names,
                                       .name_count = 1,
                                       .metrics = &server->metrics};
    FUZZ_CHECK(journal_new(JOURNAL, &server->control.journal) == RESULT_OK);
    struct gate_options gate_options = {server->store, &server->settings, &server->control};
    FUZZ_CHECK(gate_new(&gate_options, &server->gate) == RESULT_OK);
    buffer_init(&server->answer, FUZZ_ROOM);
    log_init(LOG_DEBUG);
    log_set_format(options & LOGFMT ? LOG_LOGFMT : LOG_JSON);
}

void server_close(struct server *server)
{
    buffer_close(&server->answer);
    exchange_pool_close(&server->pool);
    gate_free(server->gate);
    journal_free(server->control.journal);
}

static bool is_secret_hidden(const struct server *server, struct slice text)
{
    return !fuzz_contains(text, SLICE(FUZZ_SECRET)) || fuzz_contains(server->input, SLICE("Zq7")) ||
           fuzz_contains(server->input, SLICE("_local/seed"));
}

/* ---- the log ---- */

static void expect_log_line(const struct server *server, struct slice line)
{
    for (size_t i = 0; i < line.len; i++)
        FUZZ_CHECK_SEEN(line.data[i] >= ' ' && line.data[i] < 0x7F, "%.*s", (int)line.len,
                        line.data);
    if (server->options & LOGFMT)
        FUZZ_CHECK_SEEN(slice_starts_with(line, SLICE("time=")), "%.*s", (int)line.len, line.data);
    else
        FUZZ_CHECK_SEEN(json_oracle(line).is_object && json_oracle(line).is_json, "%.*s",
                        (int)line.len, line.data);
    FUZZ_CHECK_SEEN(is_secret_hidden(server, line), "%.*s", (int)line.len, line.data);
}

/* Checks the log since the last call, with stderr redirected to a file in memory. */
static void expect_log(const struct server *server)
{
    static int captured = -1;
    static char text[LOG_SHOWN];
    if (captured < 0)
        captured = memfd_create("log", MFD_CLOEXEC);
    FUZZ_CHECK(captured >= 0 && ftruncate(captured, 0) == 0 && lseek(captured, 0, SEEK_SET) == 0);
    int saved = dup(STDERR_FILENO);
    FUZZ_CHECK(saved >= 0);
    dup2(captured, STDERR_FILENO);
    bool all = log_flush();
    dup2(saved, STDERR_FILENO);
    close(saved);
    FUZZ_CHECK(all);
    ssize_t len = pread(captured, text, sizeof text, 0);
    FUZZ_CHECK(len >= 0);
    struct slice rest = {text, (size_t)len};
    if (len == sizeof text) /* the last line may be incomplete */
        return;
    while (rest.len > 0)
        expect_log_line(server, text_take(&rest, '\n'));
}

/* ---- answers ---- */

static void expect_json(const struct exchange *exchange)
{
    const struct reply *reply = &exchange->call.reply;
    struct json_facts facts = json_oracle(reply->body);
    FUZZ_CHECK_SEEN(facts.is_json && facts.is_object, "%d %.*s", reply->status,
                    (int)reply->body.len, reply->body.data);
    const struct operation *operation = exchange->call.operation;
    if (operation && operation->name)
        FUZZ_CHECK_SEEN(facts.sorted && !facts.has_null, "%s %.*s", operation->name,
                        (int)reply->body.len, reply->body.data);
    if (reply->status >= 400)
        FUZZ_CHECK_SEEN(reply->error && fuzz_contains(reply->body, SLICE("\"message\"")), "%.*s",
                        (int)reply->body.len, reply->body.data);
}

static void expect_xml(struct slice body)
{
    struct arena arena;
    struct xml_document document;
    struct xml_error error;
    arena_init(&arena, FUZZ_ROOM);
    FUZZ_CHECK_SEEN(xml_parse(&arena, body, SLICE("https://sts.amazonaws.com/doc/2011-06-15/"),
                              &document, &error) == RESULT_OK,
                    "%.*s", (int)body.len, body.data);
    arena_close(&arena);
}

static void expect_body(const struct server *server, const struct exchange *exchange)
{
    const struct reply *reply = &exchange->call.reply;
    struct slice type = slice_of(reply->content_type);
    if (!type.data && reply->body.len > 0)
        expect_json(exchange);
    else if (!type.data)
        FUZZ_CHECK_SEEN(reply->status == 204 || reply->status == 200, "%d", reply->status);
    else if (slice_starts_with(type, SLICE("application/x-amz-json")))
        expect_json(exchange);
    else if (slice_equal(type, SLICE("text/xml")) || slice_equal(type, SLICE("application/xml")))
        expect_xml(reply->body);
    else if (slice_equal(type, SLICE("application/vnd.sqlite3")))
        return; /* contains passwords */
    else
        FUZZ_CHECK_SEEN(slice_starts_with(type, SLICE("text/")), "%s", reply->content_type);
    FUZZ_CHECK_SEEN(is_secret_hidden(server, reply->body), "%.*s", (int)reply->body.len,
                    reply->body.data);
}

static void expect_headers(const struct call *call, const struct reply_ids *ids)
{
    struct reply_header headers[REPLY_ALL_HEADERS];
    size_t count = reply_headers(call, ids, headers);
    for (size_t i = 0; i < count; i++) {
        FUZZ_CHECK_SEEN(headers[i].name && headers[i].value && *headers[i].value, "header %zu", i);
        for (const char *at = headers[i].value; *at; at++)
            FUZZ_CHECK_SEEN(*at >= ' ' && *at < 0x7F, "%s: %s", headers[i].name, headers[i].value);
    }
}

static void expect_reply(struct server *server, struct exchange *exchange, bool may_be_fault)
{
    struct reply *reply = &exchange->call.reply;
    struct reply_ids ids;
    FUZZ_CHECK_SEEN(reply->status >= 200 && reply->status < 600, "%d", reply->status);
    FUZZ_CHECK_SEEN(reply->status < 500 || may_be_fault, "%.*s %.*s: %d %.*s",
                    (int)exchange->request.method.len, exchange->request.method.data,
                    (int)exchange->request.raw_target.len, exchange->request.raw_target.data,
                    reply->status, (int)reply->body.len, reply->body.data);
    expect_body(server, exchange);
    reply_tell(exchange, server->control.journal, &server->metrics, &ids);
    expect_headers(&exchange->call, &ids);
}

/* ---- requests ---- */

/* Skips seeds that may use their whole budget of steps, too slow for fuzzing: the seed target tests
 * them with a lower budget. */
static bool may_take_long(const struct request *request)
{
    static const char *const words[] = {"with", "join", "printf", "format", "randomblob", "hex"};
    if (!fuzz_contains(request->raw_target, SLICE("seed")))
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasestr(request->body.data, words[i]))
            return true;
    return false;
}

/* As in the listener: copies in the arena of the exchange, the body in its buffer. */
static void receive(struct server *server, struct request_text *text, struct exchange *exchange)
{
    struct request *request = &exchange->request;
    bool has_host = request_header(&text->request, SLICE("Host")).data != NULL;
    if (!has_host && !text->old_version && text->request.header_count < REQUEST_TEXT_HEADERS)
        text->headers[text->request.header_count++] =
            (struct header){SLICE("Host"), SLICE("localhost:8267")};
    request->headers = text->request.headers;
    request->header_count = text->request.header_count;
    request->method = slice_of(arena_copy(&exchange->arena, text->request.method));
    FUZZ_CHECK(request->method.data && request->raw_target.data);
    request->framing_error =
        framing_check(request, text->old_version ? SLICE("HTTP/1.0") : SLICE("HTTP/1.1"));
    request->body_too_large = framing_is_hopeless(request);
    if (!request->framing_error && !request->body_too_large) {
        exchange_receive(&server->pool, exchange, text->request.body.data, text->request.body.len);
        request->body_too_large = exchange->body.failed == RESULT_TOO_LARGE;
    }
    request->body = buffer_slice(&exchange->body);
}

void server_commit(struct server *server)
{
    FUZZ_CHECK(store_tick_commit(server->store) == RESULT_OK);
    FUZZ_CHECK(!store_tick_is_open(server->store));
}

int server_serve(struct server *server, struct slice input)
{
    static struct request_text text;
    request_text_read(input, true, &text);
    if (may_take_long(&text.request)) {
        request_text_close(&text);
        return 0;
    }
    size_t max_body = server->options & SMALL ? 64 : 1 << 20;
    struct exchange *exchange = exchange_take(&server->pool, text.request.raw_target, max_body);
    FUZZ_CHECK(exchange);
    receive(server, &text, exchange);
    struct call *call = &exchange->call;
    bool has_faults = server->store->cached.faults;
    bool is_only =
        !(server->options & ONE_TICK) && !has_faults; /* a fault counts its matches in the store */
    bool may_write = !slice_equal(exchange->request.method, SLICE("GET"));
    struct slice before = is_only && may_write ? world_image() : (struct slice){NULL, 0};
    bool refused = !call->request->framing_error && gate_refuses(server->gate, call->request);
    gate_enter(server->gate, call);
    FUZZ_CHECK(call->answered || !refused);
    bool may_be_fault = has_faults && call->answered && call->operation && call->operation->name;
    bool exclusive = !call->answered && call->operation->exclusive;
    server->rewritten = server->rewritten || exclusive;
    if (exclusive)
        server_commit(server);
    if (!call->answered)
        gate_perform(server->gate, call);
    FUZZ_CHECK(!store_tick_has_failed(server->store));
    FUZZ_CHECK(!call->request->target.is_control || !store_tick_is_open(server->store) ||
               (!exclusive && server->options & ONE_TICK));
    if (!(server->options & ONE_TICK))
        server_commit(server);
    FUZZ_CHECK_SEEN(!before.data || call->reply.status < 400 || world_is(before), "%d %.*s",
                    call->reply.status, (int)call->reply.body.len, call->reply.body.data);
    store_snapshot_free(before);
    expect_reply(server, exchange, may_be_fault);
    expect_log(server);
    int status = call->reply.status;
    buffer_close(&server->answer);
    buffer_init(&server->answer, FUZZ_ROOM);
    buffer_append(&server->answer, call->reply.body.data, call->reply.body.len);
    exchange_give(&server->pool, exchange);
    request_text_close(&text);
    return status;
}

/* ---- afterwards ---- */

/* GET as a caller of that account and region. */
static void expect_get(struct server *server, int status, const char *const *world,
                       const char *format, ...) PRINTF_LIKE(4, 5);

static void expect_get(struct server *server, int status, const char *const *world,
                       const char *format, ...)
{
    char target[2000], request[2400];
    va_list args;
    va_start(args, format);
    vsnprintf(target, sizeof target, format, args);
    va_end(args);
    snprintf(request, sizeof request,
             "GET %s\nAuthorization: AWS4-HMAC-SHA256 Credential=%s/20261123/%s/mq/aws4_request, "
             "SignedHeaders=host, Signature=00\n\n",
             target, world ? world[1] : "123456789012", world ? world[2] : "us-east-1");
    int got = server_serve(server, slice_of(request));
    FUZZ_CHECK_SEEN(got == status, "%s: %d", target, got);
}

static void get_broker(const char *const *broker, void *context)
{
    struct server *server = context;
    bool rabbitmq = strcmp(broker[3], "RABBITMQ") == 0;
    expect_get(server, 200, broker, "/v1/brokers/%s", broker[0]);
    expect_get(server, rabbitmq ? 400 : 200, broker, "/v1/brokers/%s/users", broker[0]);
    expect_get(server, 200, broker, "/v1/brokers/%s/shared-resources", broker[0]);
    expect_get(server, 200, broker, "/v1/brokers");
}

static void get_configuration(const char *const *configuration, void *context)
{
    struct server *server = context;
    expect_get(server, 200, configuration, "/v1/configurations/%s", configuration[0]);
    expect_get(server, 200, configuration, "/v1/configurations/%s/revisions", configuration[0]);
    expect_get(server, 200, configuration, "/v1/configurations/%s/revisions/%s", configuration[0],
               configuration[3]);
    expect_get(server, 200, configuration, "/v1/configurations");
}

static void perform_due_changes(struct server *server)
{
    for (int days = 1; days <= 15; days += 7) {
        int64_t offset_ms = store_clock_offset_ms(server->store) + days * day_ms;
        FUZZ_CHECK(clock_begin_step(server->store, &server->settings, offset_ms) == RESULT_OK);
        server_commit(server);
        FUZZ_CHECK(clock_complete_step(server->store, &server->settings) == RESULT_OK);
    }
}

void server_admit_all(struct server *server)
{
    static const char by_name[] = "DELETE FROM fault; DELETE FROM policy; DELETE FROM access_key";
    FUZZ_CHECK(sqlite3_exec(server->store->db, by_name, NULL, NULL, NULL) == SQLITE_OK);
    FUZZ_CHECK(store_reload_flags(server->store) == RESULT_OK);
    server->settings.verify = server->settings.throttle = false;
    server->control.token = NULL;
}

/* All that is stored can be read, whatever the input did. */
static void expect_readable(struct server *server)
{
    server_admit_all(server);
    world_ask("SELECT id, account, region, engine_type FROM broker ORDER BY id LIMIT 6", get_broker,
              server);
    world_ask("SELECT configuration_id, account, region, max(revision) FROM configuration_revision"
              " JOIN configuration ON configuration.id = configuration_id"
              " GROUP BY configuration_id ORDER BY 1 LIMIT 3",
              get_configuration, server);
    expect_get(server, 200, NULL, "/v1/broker-engine-types?maxResults=100");
    expect_get(server, 200, NULL, "/v1/broker-instance-options?maxResults=100");
    expect_get(server, 200, NULL, "/_local/requests");
    expect_get(server, 200, NULL, "/_local/metrics");
}

void fuzz_check_readable(struct slice input)
{
    struct server server;
    server_open(&server, input, 0);
    perform_due_changes(&server);
    expect_readable(&server);
    server_close(&server);
}

void fuzz_request(struct slice input)
{
    struct server server;
    struct slice rest = input;
    size_t options = fuzz_take_choice(&rest, 128);
    server_open(&server, input, options);
    for (int i = 0; rest.data && i < REQUESTS_MAX; i++)
        server_serve(&server, text_take(&rest, RECORD_SEPARATOR));
    server_commit(&server);
    if (server.rewritten || world_has_changed()) {
        bool thorough = input.len % 4 == 0; /* only sometimes, as it is slow */
        world_check(thorough);
        perform_due_changes(&server);
        if (thorough)
            expect_readable(&server);
        world_restore();
    }
    server_close(&server);
}
