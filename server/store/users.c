#include "store/users.h"

#include "store/internal.h"

static sqlite3_stmt *get_for_user(struct store *store, const struct statement *statement,
                                  struct slice broker_id, struct slice username)
{
    sqlite3_stmt *stmt = statement_get(store, statement);
    statement_bind(stmt, 1, broker_id);
    statement_bind(stmt, 2, username);
    return stmt;
}

STATEMENT(user_find_sql,
          "SELECT password IS NOT NULL, console_access, groups, pending_change,"
          " coalesce(pending_console_access, console_access), coalesce(pending_groups, groups),"
          " coalesce(pending_replication_user, replication_user)"
          " FROM user WHERE broker_id = ?1 AND username = ?2");

static bool read_user(sqlite3_stmt *stmt, struct arena *arena, struct user *user)
{
    user->applied = sqlite3_column_int(stmt, 0) != 0;
    user->console_access = sqlite3_column_int(stmt, 1) != 0;
    user->pending_console_access = sqlite3_column_int(stmt, 4) != 0;
    user->replication_user = sqlite3_column_int(stmt, 6) != 0;
    return statement_text(stmt, 2, arena, &user->groups) &&
           statement_text(stmt, 3, arena, &user->pending_change) &&
           statement_text(stmt, 5, arena, &user->pending_groups);
}

/* The user after the reboot. RESULT_NOT_FOUND: deleted. */
static enum result show_as_applied(struct user *user)
{
    if (!user->pending_change.data)
        return RESULT_OK;
    if (slice_equal(user->pending_change, SLICE("DELETE")))
        return RESULT_NOT_FOUND;
    user->applied = true;
    user->console_access = user->pending_console_access;
    user->groups = user->pending_groups;
    user->pending_change = (struct slice){NULL, 0};
    return RESULT_OK;
}

enum result user_find(struct store *store, struct slice broker_id, struct slice username,
                      bool as_applied, struct arena *arena, struct user *user)
{
    sqlite3_stmt *stmt = get_for_user(store, &user_find_sql, broker_id, username);
    enum result result = statement_step(store, stmt);
    *user = (struct user){.username = username};
    if (!result && !read_user(stmt, arena, user))
        result = RESULT_NO_MEMORY;
    statement_end(stmt);
    return !result && as_applied ? show_as_applied(user) : result;
}

STATEMENT(user_exceeds_sql, "SELECT 1 FROM user WHERE broker_id = ?1 LIMIT 1 OFFSET ?2");

enum result user_exceeds(struct store *store, struct slice broker_id, int64_t most, bool *exceeds)
{
    *exceeds = false;
    if (store->cached.rows[COUNT_USERS] <= most)
        return RESULT_OK;
    sqlite3_stmt *stmt = statement_get(store, &user_exceeds_sql);
    statement_bind(stmt, 1, broker_id);
    sqlite3_bind_int64(stmt, 2, most);
    enum result result = statement_step(store, stmt);
    *exceeds = result == RESULT_OK;
    statement_end(stmt);
    return result == RESULT_NOT_FOUND ? RESULT_OK : result;
}

enum { TEXT_ROOM = 512 };

/* Binds a copy that ends with a NUL: of another text each function of a CHECK or trigger makes one
 * in memory of its own. `room` is used until statement_end. */
static void bind_terminated(sqlite3_stmt *stmt, int at, struct slice text, char room[TEXT_ROOM])
{
    if (text.len >= TEXT_ROOM || !text.data || memchr(text.data, 0, text.len)) {
        statement_bind(stmt, at, text);
        return;
    }
    memcpy(room, text.data, text.len);
    room[text.len] = '\0';
    sqlite3_bind_text(stmt, at, room, -1, SQLITE_STATIC);
}

/* Parameters 3 to 6; absent members stay NULL. */
static void bind_change(sqlite3_stmt *stmt, const struct user_change *change,
                        char rooms[2][TEXT_ROOM])
{
    bind_terminated(stmt, 3, change->password, rooms[0]);
    if (change->console_access >= 0)
        sqlite3_bind_int(stmt, 4, change->console_access);
    bind_terminated(stmt, 5, change->groups, rooms[1]);
    if (change->replication_user >= 0)
        sqlite3_bind_int(stmt, 6, change->replication_user);
}

static enum result write_user(struct store *store, const struct statement *statement,
                              struct slice broker_id, struct slice username,
                              const struct user_change *change)
{
    enum result result = store_prepare_write(store);
    if (result)
        return result;
    char rooms[3][TEXT_ROOM];
    sqlite3_stmt *stmt = get_for_user(store, statement, broker_id, username);
    bind_terminated(stmt, 2, username, rooms[0]);
    if (change)
        bind_change(stmt, change, rooms + 1);
    return statement_run(store, stmt);
}

STATEMENT(user_insert_sql,
          "INSERT INTO user (broker_id, username, pending_change, pending_password,"
          " pending_console_access, pending_groups, pending_replication_user)"
          " VALUES (?1, ?2, 'CREATE', ?3, ?4, ?5, ?6)");

enum result user_insert(struct store *store, struct slice broker_id, struct slice username,
                        const struct user_change *change)
{
    return write_user(store, &user_insert_sql, broker_id, username, change);
}

STATEMENT(user_stage_update_sql,
          "UPDATE user SET"
          " pending_change = CASE WHEN password IS NULL THEN 'CREATE' ELSE 'UPDATE' END,"
          " pending_password = coalesce(?3, pending_password),"
          " pending_console_access = coalesce(?4, pending_console_access),"
          " pending_groups = coalesce(?5, pending_groups),"
          " pending_replication_user = coalesce(?6, pending_replication_user)"
          " WHERE broker_id = ?1 AND username = ?2");

enum result user_stage_update(struct store *store, struct slice broker_id, struct slice username,
                              const struct user_change *change)
{
    return write_user(store, &user_stage_update_sql, broker_id, username, change);
}

STATEMENT(user_stage_delete_sql,
          "UPDATE user SET pending_change = 'DELETE' WHERE broker_id = ?1 AND username = ?2");

enum result user_stage_delete(struct store *store, struct slice broker_id, struct slice username)
{
    return write_user(store, &user_stage_delete_sql, broker_id, username, NULL);
}

STATEMENT(user_page_sql, "SELECT username, pending_change FROM user"
                         " WHERE broker_id = ?1 AND username > ?2 ORDER BY username LIMIT ?3");
STATEMENT(user_page_applied_sql,
          "SELECT username, NULL FROM user WHERE broker_id = ?1 AND username > ?2"
          " AND pending_change IS NOT 'DELETE' ORDER BY username LIMIT ?3");

static bool read_name(sqlite3_stmt *stmt, struct arena *arena, void *item)
{
    struct user *user = item;
    return statement_text(stmt, 0, arena, &user->username) &&
           statement_text(stmt, 1, arena, &user->pending_change);
}

enum result user_page(struct store *store, struct slice broker_id, bool as_applied,
                      struct slice after, int64_t limit, struct arena *arena, struct user **users,
                      size_t *count)
{
    sqlite3_stmt *stmt = get_for_user(store, as_applied ? &user_page_applied_sql : &user_page_sql,
                                      broker_id, after.data ? after : SLICE(""));
    sqlite3_bind_int64(stmt, 3, limit);
    return statement_list(store, stmt, read_name, arena, sizeof **users, users, count);
}

STATEMENT(user_list_sql,
          "SELECT password IS NOT NULL, console_access, groups, pending_change,"
          " coalesce(pending_console_access, console_access), coalesce(pending_groups, groups),"
          " coalesce(pending_replication_user, replication_user), username"
          " FROM user WHERE broker_id = ?1 ORDER BY username LIMIT ?2");

static bool read_named(sqlite3_stmt *stmt, struct arena *arena, void *item)
{
    struct user *user = item;
    return read_user(stmt, arena, user) && statement_text(stmt, 7, arena, &user->username);
}

enum result user_list(struct store *store, struct slice broker_id, bool as_applied, int64_t limit,
                      struct arena *arena, struct user **users, size_t *count)
{
    sqlite3_stmt *stmt = statement_get(store, &user_list_sql);
    statement_bind(stmt, 1, broker_id);
    sqlite3_bind_int64(stmt, 2, limit);
    enum result result =
        statement_list(store, stmt, read_named, arena, sizeof **users, users, count);
    size_t kept = 0;
    for (size_t i = 0; !result && i < *count; i++)
        if (!as_applied || show_as_applied(&(*users)[i]) == RESULT_OK)
            (*users)[kept++] = (*users)[i];
    *count = kept;
    return result;
}

STATEMENT(user_password_sql, "SELECT password, groups, console_access FROM user"
                             " WHERE broker_id = ?1 AND username = ?2 AND password IS NOT NULL");

enum result user_find_login(struct store *store, struct slice broker_id, struct slice username,
                            struct arena *arena, struct user_login *login)
{
    sqlite3_stmt *stmt = get_for_user(store, &user_password_sql, broker_id, username);
    enum result result = statement_step(store, stmt);
    if (!result && (!statement_text(stmt, 0, arena, &login->password) ||
                    !statement_text(stmt, 1, arena, &login->groups)))
        result = RESULT_NO_MEMORY;
    if (!result)
        login->console_access = sqlite3_column_int(stmt, 2) != 0;
    statement_end(stmt);
    return result;
}

STATEMENT(user_logins_sql, "SELECT username, password, groups, console_access FROM user"
                           " WHERE broker_id = ?1 AND password IS NOT NULL ORDER BY username");
STATEMENT(user_planned_logins_sql,
          "SELECT username, coalesce(pending_password, password), coalesce(pending_groups, groups),"
          " coalesce(pending_console_access, console_access) FROM user"
          " WHERE broker_id = ?1 AND pending_change IS NOT 'DELETE' ORDER BY username");

static bool read_login(sqlite3_stmt *stmt, struct arena *arena, void *item)
{
    struct user_login *login = item;
    login->console_access = sqlite3_column_int(stmt, 3) != 0;
    return statement_text(stmt, 0, arena, &login->username) &&
           statement_text(stmt, 1, arena, &login->password) &&
           statement_text(stmt, 2, arena, &login->groups);
}

enum result user_list_logins(struct store *store, struct slice broker_id, bool planned,
                             struct arena *arena, struct user_login **logins, size_t *count)
{
    sqlite3_stmt *stmt =
        statement_get(store, planned ? &user_planned_logins_sql : &user_logins_sql);
    statement_bind(stmt, 1, broker_id);
    return statement_list(store, stmt, read_login, arena, sizeof **logins, logins, count);
}

STATEMENT(user_any_pending_sql, "SELECT EXISTS (SELECT 1 FROM user WHERE broker_id = ?1"
                                " AND pending_change IS NOT NULL)");

enum result user_any_pending(struct store *store, struct slice broker_id, bool *pending)
{
    sqlite3_stmt *stmt = statement_get(store, &user_any_pending_sql);
    statement_bind(stmt, 1, broker_id);
    enum result result = statement_step(store, stmt);
    *pending = !result && sqlite3_column_int(stmt, 0) != 0;
    statement_end(stmt);
    return result;
}

/* The users of one pending change up to the ?2-th, or all of them if there are fewer. `unlikely`:
 * without it SQLite 3.46 goes through all users of the broker instead of the index of these. */
#define PART_OF(change)                                                                          \
    " WHERE broker_id = ?1 AND unlikely(pending_change = '" change "') AND username < coalesce(" \
    "(SELECT username FROM user WHERE broker_id = ?1 AND pending_change = '" change "'"          \
    " ORDER BY username LIMIT 1 OFFSET ?2), x'')"
#define APPLY_VALUES                                                             \
    "UPDATE user SET pending_change = NULL,"                                     \
    " password = coalesce(pending_password, password), pending_password = NULL," \
    " console_access = coalesce(pending_console_access, console_access),"        \
    " pending_console_access = NULL,"                                            \
    " groups = coalesce(pending_groups, groups), pending_groups = NULL,"         \
    " replication_user = coalesce(pending_replication_user, replication_user),"  \
    " pending_replication_user = NULL"

STATEMENT(user_apply_deletes_sql, "DELETE FROM user" PART_OF("DELETE"));
STATEMENT(user_apply_creates_sql, APPLY_VALUES PART_OF("CREATE"));
STATEMENT(user_apply_updates_sql, APPLY_VALUES PART_OF("UPDATE"));

enum result user_apply_pending(struct store *store, struct slice broker_id, int64_t limit,
                               bool *more)
{
    static const struct statement *const steps[] = {
        &user_apply_deletes_sql, &user_apply_creates_sql, &user_apply_updates_sql};
    enum result result = store_prepare_write(store);
    for (size_t i = 0; !result && limit > 0 && i < sizeof steps / sizeof *steps; i++) {
        sqlite3_stmt *stmt = statement_get(store, steps[i]);
        statement_bind(stmt, 1, broker_id);
        sqlite3_bind_int64(stmt, 2, limit);
        result = statement_run(store, stmt);
        limit -= result ? 0 : sqlite3_changes64(store->db);
    }
    *more = false;
    return !result && limit <= 0 ? user_any_pending(store, broker_id, more) : result;
}

STATEMENT(user_delete_some_sql,
          "DELETE FROM user WHERE broker_id = ?1 AND username < (SELECT username FROM user"
          " WHERE broker_id = ?1 ORDER BY username LIMIT 1 OFFSET ?2)");

enum result user_delete_some(struct store *store, struct slice broker_id, int64_t limit, bool *more)
{
    enum result result = store_prepare_write(store);
    if (result)
        return result;
    sqlite3_stmt *stmt = statement_get(store, &user_delete_some_sql);
    statement_bind(stmt, 1, broker_id);
    sqlite3_bind_int64(stmt, 2, limit);
    result = statement_run(store, stmt);
    *more = !result && sqlite3_changes64(store->db) > 0;
    return result;
}
