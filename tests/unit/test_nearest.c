/* base/nearest: which name was meant. */
#include "support.h"

#include "base/nearest.h"

static const char *meant(const char *given)
{
    static const char *const names[] = {"port", "tls-port", "host", "seed", "db", "create-time"};
    struct nearest nearest = nearest_to(slice_of(given));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        nearest_try(&nearest, names[i]);
    return nearest.name ? nearest.name : "";
}

static void names(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"prot", "port"},
        {"PORT", "port"},
        {"por", "port"},
        {"ports", "port"},
        {"tsl-port", "tls-port"},
        {"tlsport", "tls-port"},
        {"seeds", "seed"},
        {"sede", "seed"},
        {"dbb", "db"},
        {"creat-tiem", "create-time"},
        {"x", ""},
        {"", ""},
        {"sport1", "port"},
        {"nothing", ""},
        {"bin", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(meant(rows[i][0]), rows[i][1]);
}

static void long_names(void **state)
{
    (void)state;
    char given[200];
    memset(given, 'p', sizeof given);
    given[sizeof given - 1] = '\0';
    assert_string_equal(meant(given), "");
    given[64] = '\0';
    assert_string_equal(meant(given), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names), cmocka_unit_test(long_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
