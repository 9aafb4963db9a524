/* tests/fuzz: every kept input, and every input that once broke something, goes through its target
 * once more. */
#include "support.h"

#include <dirent.h>
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>

#include "../fuzz/fuzz.h"

/* Absent in a build without sanitizers. */
#pragma weak __sanitizer_set_death_callback
#pragma weak __lsan_do_recoverable_leak_check

enum { INPUT_MOST = 1 << 20 };

static void name_input(void)
{
    if (fuzz_input_name)
        fprintf(stderr, "  input: %s\n", fuzz_input_name);
}

static int is_input(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void run_file(const struct fuzz_target *target, const char *path)
{
    static char content[INPUT_MOST];
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("cannot open %s", path);
    size_t len = fread(content, 1, sizeof content, file);
    fclose(file);
    assert_in_range(len, 0, sizeof content - 1);
    char *copy = malloc(len > 0 ? len : 1); /* as libFuzzer hands it over */
    assert_non_null(copy);
    memcpy(copy, content, len);
    fuzz_input_name = path;
    target->run((struct slice){copy, len});
    fuzz_input_name = NULL;
    free(copy);
}

static void every_input_is_survived(void **state)
{
    const struct fuzz_target *target = *state;
    char directory[256], path[1024];
    struct dirent **entries = NULL;
    snprintf(directory, sizeof directory, "%s/%s", FUZZ_CORPUS, target->name);
    int count = scandir(directory, &entries, is_input, alphasort);
    if (count <= 0)
        fail_msg("no inputs in %s", directory);
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, entries[i]->d_name);
        run_file(target, path);
        free(entries[i]);
    }
    free(entries);
    if (__lsan_do_recoverable_leak_check)
        assert_int_equal(__lsan_do_recoverable_leak_check(), 0);
}

int main(void)
{
    struct CMUnitTest tests[16] = {{0}};
    assert_in_range(fuzz_target_count, 1, COUNT(tests));
    if (__sanitizer_set_death_callback)
        __sanitizer_set_death_callback(name_input);
    for (size_t i = 0; i < fuzz_target_count; i++)
        tests[i] = (struct CMUnitTest){.name = fuzz_targets[i].name,
                                       .test_func = every_input_is_survived,
                                       .initial_state = (void *)(uintptr_t)&fuzz_targets[i]};
    int failed = _cmocka_run_group_tests("fuzz_corpora", tests, fuzz_target_count, NULL, NULL);
    name_input(); /* cmocka catches some signals itself */
    return failed;
}
