#include "ctl/commands.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/nearest.h"
#include "base/units.h"
#include "ctl/files.h"

static void add_encoded(struct ctl_call *call, const char *value)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    for (; *value; value++)
        if (strchr(plain, *value))
            buffer_append_char(&call->target, *value);
        else
            buffer_printf(&call->target, "%%%02X", (unsigned char)*value);
}

static void add_query(struct ctl_call *call, const char *name, const char *value)
{
    if (!value)
        return;
    buffer_printf(&call->target, "%c%s=", call->has_query ? '&' : '?', name);
    call->has_query = true;
    add_encoded(call, value);
}

static enum ctl_status prepare_brokers(const struct ctl_line *line, struct ctl_call *call)
{
    if (line->count > 0 && *line->words[0] == '\0') {
        files_complain("ctl brokers: the ID is empty; without one, all are listed");
        return CTL_USAGE;
    }
    if (line->count > 0) {
        buffer_append_char(&call->target, '/');
        add_encoded(call, line->words[0]);
    }
    return CTL_OK;
}

static enum ctl_status prepare_reset(const struct ctl_line *line, struct ctl_call *call)
{
    add_query(call, "empty", line->values[CTL_EMPTY] ? "true" : NULL);
    add_query(call, "account", line->values[CTL_ACCOUNT]);
    add_query(call, "region", line->values[CTL_REGION]);
    return CTL_OK;
}

static enum ctl_status prepare_file(const struct ctl_line *line, struct ctl_call *call)
{
    return files_read(line->words[0], &call->body) ? CTL_OK : CTL_REFUSED;
}

/* Errors of the seed name the file. */
static enum ctl_status prepare_seed(const struct ctl_line *line, struct ctl_call *call)
{
    add_query(call, "name", strcmp(line->words[0], "-") == 0 ? NULL : line->words[0]);
    return prepare_file(line, call);
}

/* A sum of numbers with units: 10m, 1h30m, 7d. */
static bool read_duration(const char *text, int64_t *duration_ms)
{
    enum { NUMBER_END = 1000000000 };
    *duration_ms = 0;
    do {
        const struct unit *unit = unit_steps;
        size_t digits = strspn(text, "0123456789");
        long number = digits > 0 && digits < 10 ? strtol(text, NULL, 10) : NUMBER_END;
        size_t len = strspn(text + digits, "msdh");
        while (unit->name &&
               (len != strlen(unit->name) || memcmp(text + digits, unit->name, len) != 0))
            unit++;
        if (number >= NUMBER_END || !unit->name)
            return false;
        *duration_ms += number * unit->factor;
        text += digits + len;
    } while (*text);
    return true;
}

static enum ctl_status prepare_advance(const struct ctl_line *line, struct ctl_call *call)
{
    struct json_writer writer = {.out = &call->body};
    int64_t step_ms = 0;
    if (!read_duration(line->words[0], &step_ms)) {
        char suggestion[UNITS_SUGGESTION];
        units_suggest(line->words[0], unit_steps, 1, CLOCK_STEP_MAX_MS, suggestion);
        files_complain("clock advance: bad value '%.60s', expected a time such as 500ms, 10m or "
                       "1h30m%s",
                       line->words[0], suggestion);
        return CTL_USAGE;
    }
    json_object_begin(&writer);
    json_put_integer(&writer, "advanceMs", step_ms);
    json_object_end(&writer);
    return CTL_OK;
}

static enum ctl_status prepare_set(const struct ctl_line *line, struct ctl_call *call)
{
    struct json_writer writer = {.out = &call->body};
    json_object_begin(&writer);
    json_put_string(&writer, "now", slice_of(line->words[0]));
    json_object_end(&writer);
    return CTL_OK;
}

enum key_type { KEY_TEXT, KEY_INTEGER, KEY_FRACTION, KEY_BOOLEAN };

struct key {
    const char *name;
    enum key_type type;
};

/* The members of a fault. */
#define KEYS \
    "operation, brokerId, username, error, status, message, delayMs, drop, times, probability, seed"
static const struct key keys[] = {
    {"operation", KEY_TEXT},  {"brokerId", KEY_TEXT},        {"username", KEY_TEXT},
    {"error", KEY_TEXT},      {"status", KEY_INTEGER},       {"message", KEY_TEXT},
    {"delayMs", KEY_INTEGER}, {"drop", KEY_BOOLEAN},         {"times", KEY_INTEGER},
    {"seed", KEY_INTEGER},    {"probability", KEY_FRACTION},
};

static const struct key *find_key(const char *word, size_t len)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strlen(keys[i].name) == len && memcmp(keys[i].name, word, len) == 0)
            return &keys[i];
    return NULL;
}

/* NULL, or a description of a valid value. */
static const char *put_value(struct json_writer *writer, const struct key *key, const char *text)
{
    size_t digits = strspn(text, "0123456789");
    struct slice value = slice_of(text);
    switch (key->type) {
    case KEY_TEXT:
        json_put_string(writer, key->name, value);
        return NULL;
    case KEY_INTEGER:
        if (value.len == 0 || digits != value.len || (digits > 1 && *text == '0'))
            return "a number";
        break;
    case KEY_FRACTION: /* a JSON number without sign and exponent */
        if (text[digits] == '.' && text[digits + 1] != '\0')
            digits += 1 + strspn(text + digits + 1, "0123456789");
        if (value.len == 0 || *text == '.' || digits != value.len)
            return "a number from 0 to 1, such as 0.5";
        break;
    case KEY_BOOLEAN:
        if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
            return "true or false";
        break;
    }
    json_put_raw(writer, key->name, value);
    return NULL;
}

static enum ctl_status refuse_value(const char *word, const struct key *key, const char *expected)
{
    struct nearest nearest = nearest_to((struct slice){word, strcspn(word, "=")});
    for (size_t i = 0; !key && i < sizeof keys / sizeof *keys; i++)
        nearest_try(&nearest, keys[i].name);
    if (nearest.name && word[nearest.given.len] == '=')
        files_complain("faults add: unknown key '%.*s'; did you mean %s?", (int)nearest.given.len,
                       word, nearest.name);
    else
        files_complain("faults add: bad value '%.60s', expected %s", word, expected);
    return CTL_USAGE;
}

static enum ctl_status prepare_fault(const struct ctl_line *line, struct ctl_call *call)
{
    struct json_writer writer = {.out = &call->body};
    json_object_begin(&writer);
    for (size_t i = 0; i < line->count; i++) {
        const char *word = line->words[i];
        size_t len = strcspn(word, "=");
        const struct key *key = word[len] == '=' ? find_key(word, len) : NULL;
        const char *expected =
            key ? put_value(&writer, key, word + len + 1) : "KEY=VALUE with one of: " KEYS;
        if (expected)
            return refuse_value(word, key, expected);
    }
    json_object_end(&writer);
    return CTL_OK;
}

static enum ctl_status prepare_clear(const struct ctl_line *line, struct ctl_call *call)
{
    add_query(call, "id", line->count > 0 ? line->words[0] : NULL);
    return CTL_OK;
}

static enum ctl_status prepare_filter(const struct ctl_line *line, struct ctl_call *call)
{
    add_query(call, "operation", line->values[CTL_OPERATION]);
    add_query(call, "status", line->values[CTL_STATUS]);
    add_query(call, "username", line->values[CTL_USERNAME]);
    add_query(call, "since", line->values[CTL_SINCE]);
    add_query(call, "last", line->values[CTL_LAST]);
    add_query(call, "count", line->values[CTL_COUNT] ? "true" : NULL);
    return CTL_OK;
}

static enum ctl_status prepare_login(const struct ctl_line *line, struct ctl_call *call)
{
    struct json_writer writer = {.out = &call->body};
    struct buffer typed;
    const char *password = line->values[CTL_PASSWORD];
    buffer_init(&typed, 64 << 10);
    if (!password && !files_read_password(&typed)) {
        buffer_close(&typed);
        return CTL_USAGE;
    }
    json_object_begin(&writer);
    json_put_string(&writer, "brokerId", slice_of(line->words[0]));
    json_put_string(&writer, "username", slice_of(line->words[1]));
    json_put_string(&writer, "password", password ? slice_of(password) : buffer_slice(&typed));
    json_object_end(&writer);
    buffer_close(&typed);
    return CTL_OK;
}

#define BIT(option) (1u << (option))
#define WORLD (BIT(CTL_EMPTY) | BIT(CTL_ACCOUNT) | BIT(CTL_REGION))
#define FILTER                                                                                   \
    (BIT(CTL_OPERATION) | BIT(CTL_STATUS) | BIT(CTL_USERNAME) | BIT(CTL_SINCE) | BIT(CTL_LAST) | \
     BIT(CTL_COUNT))

const struct ctl_command ctl_commands[] = {
    {"reset", NULL, "", 0, 0, WORLD, "POST", "reset", prepare_reset, CTL_NOTE,
     "empty every table and apply the seeds again"},
    {"seed", NULL, "FILE|-", 1, 1, 0, "POST", "seed", prepare_seed, CTL_PRINT,
     "apply SQL, all of it or nothing"},
    {"clock", NULL, "", 0, 0, 0, "GET", "clock", NULL, CTL_PRINT, "print the service's time"},
    {"clock", "advance", "TIME", 1, 1, 0, "POST", "clock", prepare_advance, CTL_PRINT,
     "advance the clock by 500ms, 10m, 1h30m or 7d, and do what becomes due"},
    {"clock", "set", "TIME", 1, 1, 0, "POST", "clock", prepare_set, CTL_PRINT,
     "set the clock to a time such as 2026-12-24T18:00:00Z"},
    {"faults", NULL, "", 0, 0, 0, "GET", "faults", NULL, CTL_JOIN, "list the fault rules"},
    {"faults", "list", "", 0, 0, 0, "GET", "faults", NULL, CTL_JOIN, "the same"},
    {"faults", "add", "KEY=VALUE...", 1, CTL_WORDS_MAX, 0, "POST", "faults", prepare_fault,
     CTL_PRINT, "add a rule; keys: " KEYS},
    {"faults", "clear", "[ID]", 0, 1, 0, "DELETE", "faults", prepare_clear, CTL_PRINT,
     "remove that rule, or all of them"},
    {"requests", NULL, "", 0, 0, FILTER, "GET", "requests", prepare_filter, CTL_PRINT,
     "list the calls that the service received"},
    {"requests", "clear", "", 0, 0, 0, "DELETE", "requests", NULL, CTL_PRINT, "delete the list"},
    {"brokers", NULL, "[ID]", 0, 1, 0, "GET", "brokers", prepare_brokers, CTL_PRINT,
     "list the brokers of all accounts with their processes, or show that one"},
    {"snapshot", "save", "FILE|-", 1, 1, 0, "GET", "snapshot", NULL, CTL_SAVE,
     "write the whole state to a SQLite file"},
    {"snapshot", "load", "FILE|-", 1, 1, 0, "PUT", "snapshot", prepare_file, CTL_PRINT,
     "replace the state with that of such a file"},
    {"authenticate", NULL, "BROKER USER", 2, 2, BIT(CTL_PASSWORD), "POST", "authenticate",
     prepare_login, CTL_PRINT,
     "check whether this user can log in now; the password is read from standard input"},
    {"metrics", NULL, "", 0, 0, 0, "GET", "metrics", NULL, CTL_PRINT,
     "print the counters as Prometheus text"},
    {"health", NULL, "", 0, 0, 0, "GET", "health", NULL, CTL_PRINT, "check the server"},
};
const size_t ctl_command_count = sizeof ctl_commands / sizeof *ctl_commands;
