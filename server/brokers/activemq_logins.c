#include <stdlib.h>

#include "base/json.h"
#include "brokers/activemq_parts.h"
#include "brokers/java_text.h"

/* The console logs in to its own broker with this name, which no user of the API can have. */
#define CONSOLE_USER "@console"
#define CONSOLE_GROUP "activemq-webconsole"

/* --- login.config --- */

static void append_option(struct maker *maker, const char *name, struct slice value)
{
    if (java_expands_in_jaas(value)) {
        maker_leave_out(maker, slice_of(name), "JAAS has no escape for ${...}");
        return;
    }
    buffer_printf(&maker->text, "        %s=", name);
    java_append_jaas(&maker->text, value);
    buffer_append_char(&maker->text, '\n');
}

static void append_module(struct maker *maker, const char *name, const char *flag)
{
    buffer_printf(&maker->text, "    org.apache.activemq.jaas.%s %s\n", name, flag);
}

static void append_ldap_module(struct maker *maker, const struct activemq_ldap *ldap)
{
    static const char *const members[] = {
        "userBase", "userSearchMatching", "userRoleName",
        "roleBase", "roleSearchMatching", "roleName",
    };
    static const char *const flags[] = {"userSearchSubtree", "roleSearchSubtree"};
    append_module(maker, "LDAPLoginModule", "required");
    append_option(maker, "initialContextFactory", SLICE("com.sun.jndi.ldap.LdapCtxFactory"));
    append_option(maker, "connectionURL", ldap->url);
    append_option(maker, "connectionUsername", activemq_ldap_text(ldap, "serviceAccountUsername"));
    append_option(maker, "connectionPassword", maker->plan->broker->ldap_service_account_password);
    /* The module fails without these two. */
    append_option(maker, "connectionProtocol", SLICE("s"));
    append_option(maker, "authentication", SLICE("simple"));
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        struct slice value = activemq_ldap_text(ldap, members[i]);
        if (value.len > 0)
            append_option(maker, members[i], value);
    }
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        struct slice value = activemq_ldap_text(ldap, flags[i]);
        append_option(maker, flags[i], value.data ? value : SLICE("false"));
    }
    buffer_append_string(&maker->text, "        ;\n");
}

/* With LDAP the files have the console's user only, and need not have the one who logs in. */
static void make_login_config(struct maker *maker, const struct activemq_ldap *ldap)
{
    buffer_append_string(&maker->text, "activemq {\n");
    append_module(maker, "PropertiesLoginModule", ldap->metadata ? "sufficient" : "required");
    append_option(maker, "org.apache.activemq.jaas.properties.user", SLICE("users.properties"));
    append_option(maker, "org.apache.activemq.jaas.properties.group", SLICE("groups.properties"));
    append_option(maker, "baseDir", slice_of(maker->plan->directory));
    append_option(maker, "reload", SLICE("true"));
    buffer_append_string(&maker->text, "        ;\n");
    if (ldap->metadata)
        append_ldap_module(maker, ldap);
    buffer_append_string(&maker->text, "};\n");
    maker_add(maker, "login.config", false);
}

/* --- Users --- */

static void make_users(struct maker *maker, size_t count)
{
    const struct broker_plan *plan = maker->plan;
    buffer_append_string(&maker->text, CONSOLE_USER "=");
    java_append_property(&maker->text, plan->console_password);
    for (size_t i = 0; i < count; i++) {
        buffer_append_char(&maker->text, '\n');
        java_append_property(&maker->text, plan->users[i].username);
        buffer_append_char(&maker->text, '=');
        java_append_property(&maker->text, plan->users[i].password);
    }
    buffer_append_char(&maker->text, '\n');
    maker_add(maker, "users.properties", true);
}

/* Obfuscated passwords: Jetty trims those that are not. */
static void make_realm(struct maker *maker, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct user_login *user = &maker->plan->users[i];
        if (!user->console_access)
            continue;
        java_append_property(&maker->text, user->username);
        buffer_append_string(&maker->text, ": ");
        java_append_obfuscated(&maker->text, user->password);
        buffer_append_string(&maker->text, ", admin\n");
    }
    maker_add(maker, "jetty-realm.properties", true);
}

static void make_credentials(struct maker *maker)
{
    buffer_append_string(&maker->text, "activemq.username=" CONSOLE_USER "\nactivemq.password=");
    java_append_property(&maker->text, maker->plan->console_password);
    buffer_append_char(&maker->text, '\n');
    maker_add(maker, "credentials.properties", false);
}

/* --- Groups --- */

struct membership {
    struct slice group, user;
};

struct memberships {
    struct membership *items;
    size_t count, room;
};

static int compare_slices(struct slice a, struct slice b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len > 0 ? memcmp(a.data, b.data, len) : 0;
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_memberships(const void *a, const void *b)
{
    const struct membership *x = a, *y = b;
    int order = compare_slices(x->group, y->group);
    return order != 0 ? order : compare_slices(x->user, y->user);
}

static bool add_membership(struct maker *maker, struct memberships *all, struct slice group,
                           struct slice user)
{
    if (all->count == all->room) {
        size_t room = all->room > 0 ? 2 * all->room : 16;
        struct membership *larger = arena_alloc(maker->arena, room * sizeof *larger);
        if (!larger)
            return false;
        for (size_t i = 0; i < all->count; i++)
            larger[i] = all->items[i];
        *all = (struct memberships){larger, all->count, room};
    }
    all->items[all->count++] = (struct membership){group, user};
    return true;
}

/* The groups are a JSON array; what is none, which a seed may have stored, has no groups. */
static bool add_groups(struct maker *maker, struct memberships *all, const struct user_login *user)
{
    struct json_error error;
    const struct json *object = NULL;
    const char *text = arena_printf(maker->arena, "{\"groups\":%.*s}", (int)user->groups.len,
                                    user->groups.data ? user->groups.data : "");
    if (!text)
        return false;
    enum result result = json_parse(maker->arena, slice_of(text), &object, &error);
    if (result == RESULT_INVALID)
        return true;
    const struct json *groups = result ? NULL : json_member(object, "groups");
    bool good = result == RESULT_OK;
    if (!groups || json_type(groups) != JSON_LIST)
        return good;
    for (const struct json *group = json_first(groups); good && group; group = json_next(group))
        good = json_type(group) != JSON_STRING ||
               add_membership(maker, all, json_string(group), user->username);
    return good;
}

static bool collect_groups(struct maker *maker, size_t count, struct memberships *all)
{
    bool good = add_membership(maker, all, SLICE(CONSOLE_GROUP), SLICE(CONSOLE_USER));
    for (size_t i = 0; good && i < count; i++) {
        const struct user_login *user = &maker->plan->users[i];
        good = add_groups(maker, all, user) &&
               (!user->console_access ||
                add_membership(maker, all, SLICE(CONSOLE_GROUP), user->username));
    }
    return good;
}

/* A line for each group: its users with commas between them. */
static void make_groups(struct maker *maker, size_t count)
{
    struct memberships all = {NULL, 0, 0};
    if (!maker->failed && !collect_groups(maker, count, &all))
        maker->failed = RESULT_NO_MEMORY;
    if (maker->failed)
        return;
    qsort(all.items, all.count, sizeof *all.items, compare_memberships);
    for (size_t i = 0; i < all.count; i++) {
        const struct membership *this = &all.items[i], *last = i > 0 ? this - 1 : NULL;
        if (last && compare_memberships(last, this) == 0)
            continue;
        if (last && slice_equal(last->group, this->group)) {
            buffer_append_char(&maker->text, ',');
        } else {
            buffer_append_string(&maker->text, last ? "\n" : "");
            java_append_property(&maker->text, this->group);
            buffer_append_char(&maker->text, '=');
        }
        java_append_property(&maker->text, this->user);
    }
    buffer_append_char(&maker->text, '\n');
    maker_add(maker, "groups.properties", true);
}

void activemq_make_logins(struct maker *maker, const struct activemq_ldap *ldap)
{
    size_t count = ldap->metadata ? 0 : maker->plan->user_count;
    make_login_config(maker, ldap);
    make_users(maker, count);
    make_groups(maker, count);
    make_realm(maker, count);
    make_credentials(maker);
}
