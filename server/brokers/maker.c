#include "brokers/maker.h"

enum { LEFT_OUT_FIRST = 16 };

void maker_init(struct maker *maker, const struct broker_plan *plan, struct arena *arena,
                struct broker_files *out)
{
    *maker = (struct maker){.plan = plan, .arena = arena, .out = out};
    *out = (struct broker_files){.count = 0};
    buffer_init(&maker->text, MAKER_TEXT_MAX);
}

enum result maker_close(struct maker *maker)
{
    buffer_close(&maker->text);
    if (maker->failed)
        *maker->out = (struct broker_files){.count = 0};
    return maker->failed;
}

void maker_add(struct maker *maker, const char *name, bool live)
{
    struct slice text = buffer_slice(&maker->text);
    text.data = maker->failed || maker->text.failed ? NULL : arena_copy(maker->arena, text);
    buffer_clear(&maker->text);
    if (!maker->failed && !text.data)
        maker->failed = RESULT_NO_MEMORY;
    if (!maker->failed)
        maker->out->files[maker->out->count++] = (struct broker_file){name, text, live};
}

/* Room for one more, of which the arena keeps the earlier and smaller pieces. */
static bool make_room(struct maker *maker)
{
    struct broker_files *out = maker->out;
    if (out->left_out_count < maker->left_out_room)
        return true;
    size_t room = maker->left_out_room > 0 ? 2 * maker->left_out_room : LEFT_OUT_FIRST;
    struct left_out *larger = arena_alloc(maker->arena, room * sizeof *larger);
    if (!larger)
        return false;
    for (size_t i = 0; i < out->left_out_count; i++)
        larger[i] = out->left_out[i];
    out->left_out = larger;
    maker->left_out_room = room;
    return true;
}

void maker_leave_out(struct maker *maker, struct slice name, const char *reason)
{
    const char *copy = maker->failed ? NULL : arena_copy(maker->arena, name);
    if (copy && make_room(maker))
        maker->out->left_out[maker->out->left_out_count++] =
            (struct left_out){{copy, name.len}, reason};
    else if (!maker->failed)
        maker->failed = RESULT_NO_MEMORY;
}

int maker_port(const struct maker *maker, int port)
{
    return port + PORTS_OF_SLOT * maker->plan->slot;
}
