/* A call without a request, for rules that answer it. */
#ifndef TESTS_UNIT_RULE_WORLD_H
#define TESTS_UNIT_RULE_WORLD_H

#include "store_world.h"

#define FAILS(attribute, text) \
    "{\n  \"errorAttribute\" : \"" attribute "\",\n  \"message\" : \"" text "\"\n}"

static inline struct call start(struct world *world)
{
    buffer_clear(&world->out);
    return (struct call){
        .store = world->store,
        .settings = &world->settings,
        .arena = &world->arena,
        .scratch = &world->scratch,
        .out = &world->out,
        .caller = {.account = world->settings.account, .region = world->settings.region}};
}

/* The rule answered so; NULL: it let the input pass. */
static inline void check_answer(const struct call *call, bool good, const char *wanted)
{
    if (good != !wanted || call->failed != !good)
        fail_msg("%s: %s", wanted ? wanted : "no error",
                 call->failed ? call->reply.body.data : "no error");
    if (wanted)
        assert_slice(call->reply.body, wanted);
}

#endif
