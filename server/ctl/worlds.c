#include "ctl/worlds.h"

#include "base/json.h"

enum { WORLDS_LIMIT_MS = 10000, WORLDS_SCRATCH = 4 << 20, WORLDS_SHOWN = 8 };

static struct slice member_of(const struct json *object, const char *name)
{
    const struct json *member = json_member(object, name);
    return member && json_type(member) == JSON_STRING ? json_string(member)
                                                      : (struct slice){NULL, 0};
}

static void write_text(struct buffer *note, struct slice text)
{
    buffer_append(note, text.data, text.len < 40 ? text.len : 40);
}

/* `us-east-1 of account 123456789012`. */
static void write_world(struct buffer *note, struct slice account, struct slice region)
{
    write_text(note, region);
    buffer_append_string(note, " of account ");
    write_text(note, account);
}

static bool read_answer(const struct json *answer, const char *account_given,
                        const char *region_given, struct buffer *note)
{
    const struct json *worlds = json_member(answer, "worlds");
    struct slice account = account_given ? slice_of(account_given) : member_of(answer, "account");
    struct slice region = region_given ? slice_of(region_given) : member_of(answer, "region");
    size_t count = 0;
    if (!worlds || json_type(worlds) != JSON_LIST)
        return false;
    buffer_clear(note);
    buffer_append_string(note, "note: no broker was or is in ");
    write_world(note, account, region);
    buffer_append_string(note, json_first(worlds) ? "; brokers are in " : "; there are no brokers");
    for (const struct json *world = json_first(worlds); world; world = json_next(world), count++) {
        struct slice of = member_of(world, "account"), in = member_of(world, "region");
        if (slice_equal(of, account) && slice_equal(in, region))
            return false;
        if (count > WORLDS_SHOWN)
            continue;
        buffer_append_string(note, count > 0 ? ", " : "");
        if (count == WORLDS_SHOWN)
            buffer_append_string(note, "others");
        else
            write_world(note, of, in);
    }
    return !note->failed;
}

bool world_has_no_broker(const struct client_request *reset, const char *account,
                         const char *region, struct buffer *note)
{
    struct client_request request = *reset;
    struct client_answer answer = {.status = 0};
    struct client_error error = {.text = ""};
    struct arena scratch;
    struct json_error syntax = {NULL, 0};
    const struct json *body = NULL;
    request.method = "GET";
    request.target = "/_local/worlds";
    request.body = (struct slice){NULL, 0};
    request.limit_ms = WORLDS_LIMIT_MS;
    arena_init(&scratch, WORLDS_SCRATCH);
    bool lack = !client_call(&request, &answer, &error) && answer.status == 200 &&
                !json_parse(&scratch, answer.body, &body, &syntax) &&
                read_answer(body, account, region, note);
    arena_close(&scratch);
    client_close(&answer);
    return lack;
}
