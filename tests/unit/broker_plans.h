/* Plans of brokers and the files made of them. */
#ifndef TESTS_UNIT_BROKER_PLANS_H
#define TESTS_UNIT_BROKER_PLANS_H

#include "support.h"

#include "brokers/files.h"

enum { PLAN_ARENA = 64 << 20 };

typedef enum result make_files(const struct broker_plan *, struct arena *, struct broker_files *);

/* The plan of the test at hand. */
static struct arena arena;
static struct broker broker;
static struct broker_plan plan;

static inline void plan_begin(const struct broker *own, const struct user_login *users,
                              size_t user_count)
{
    arena_init(&arena, PLAN_ARENA);
    broker = *own;
    plan = (struct broker_plan){
        .broker = &broker,
        .users = users,
        .user_count = user_count,
        .directory = "/brokers/1",
        .common = "/brokers/common",
        .address = "0.0.0.0",
        .slot = 1,
    };
}

static inline int plan_end(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

/* The text of a file; fails if there is none of the name. */
static inline const char *text_of(const struct broker_files *files, const char *name)
{
    for (size_t i = 0; i < files->count; i++)
        if (strcmp(files->files[i].name, name) == 0)
            return files->files[i].text.data;
    fail_msg("there is no %s", name);
    return NULL;
}

static inline void assert_text(const struct broker_files *files, const char *name,
                               const char *wanted)
{
    const char *got = text_of(files, name);
    if (strcmp(got, wanted) != 0)
        fail_msg("%s is\n%s\nand not\n%s", name, got, wanted);
}

static inline void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in\n%s", part, text);
}

static inline void assert_lacks(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("\"%s\" is in\n%s", part, text);
}

/* Exactly these names were left out, in this order. */
static inline void assert_left_out(const struct broker_files *files, const char *const *names,
                                   size_t count)
{
    for (size_t i = 0; i < files->left_out_count && i < count; i++) {
        assert_slice(files->left_out[i].name, names[i]);
        assert_true(strlen(files->left_out[i].reason) > 0);
    }
    assert_int_equal(files->left_out_count, count);
}

/* The same plan gives the same bytes; with less memory it fails and gives nothing. */
static inline void assert_sound(make_files *make, const struct broker_plan *given)
{
    struct broker_files files, again;
    struct arena arenas[3];
    arena_init(&arenas[0], PLAN_ARENA);
    arena_init(&arenas[1], PLAN_ARENA);
    assert_int_equal(make(given, &arenas[0], &files), RESULT_OK);
    assert_int_equal(make(given, &arenas[1], &again), RESULT_OK);
    assert_int_equal(files.count, again.count);
    for (size_t i = 0; i < files.count; i++) {
        assert_ptr_equal(files.files[i].name, again.files[i].name);
        assert_slice(files.files[i].text, again.files[i].text.data);
        assert_int_equal(strlen(again.files[i].text.data), files.files[i].text.len);
    }
    for (size_t part = 0; part < 500; part++) {
        arena_init(&arenas[2], arenas[0].used * part / 500);
        assert_int_equal(make(given, &arenas[2], &again), RESULT_NO_MEMORY);
        assert_int_equal(again.count, 0);
        assert_int_equal(again.left_out_count, 0);
        arena_close(&arenas[2]);
    }
    arena_close(&arenas[0]);
    arena_close(&arenas[1]);
}

#endif
