/* The baseline of writes: one SQLite transaction per request. The path gives broker and username;
 * the rest of the row has the size of what load.lua sends. No rules, no second index, no log:
 * nothing but the commit. */
#include "serve.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

struct writer {
    sqlite3 *db;
    sqlite3_stmt *begin;
    sqlite3_stmt *insert;
    sqlite3_stmt *commit;
    struct MHD_Response *response;
};

static const char schema[] =
    "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
    "CREATE TABLE user (broker_id TEXT NOT NULL, username TEXT NOT NULL, password TEXT,"
    " console_access INTEGER NOT NULL DEFAULT 0, groups TEXT NOT NULL DEFAULT '[]',"
    " replication_user INTEGER NOT NULL DEFAULT 0, pending_change TEXT, pending_password TEXT,"
    " pending_console_access INTEGER, pending_groups TEXT, pending_replication_user INTEGER,"
    " PRIMARY KEY (broker_id, username)) STRICT, WITHOUT ROWID";

static const char insert[] =
    "INSERT INTO user (broker_id, username, pending_change, pending_password, pending_console_access,"
    " pending_groups, pending_replication_user)"
    " VALUES (?1, ?2, 'CREATE', 'correct-horse-12', 0, '[\"admins\"]', 0)";

static int step(sqlite3_stmt *stmt)
{
    int code = sqlite3_step(stmt);
    sqlite3_reset(stmt);
    return code == SQLITE_DONE;
}

static int write_user(struct writer *writer, const char *url)
{
    static const char prefix[] = "/v1/brokers/", middle[] = "/users/";
    if (strncmp(url, prefix, sizeof prefix - 1))
        return 0;
    const char *broker = url + sizeof prefix - 1;
    const char *end = strstr(broker, middle);
    if (!end)
        return 0;
    sqlite3_bind_text(writer->insert, 1, broker, (int)(end - broker), SQLITE_STATIC);
    sqlite3_bind_text(writer->insert, 2, end + sizeof middle - 1, -1, SQLITE_STATIC);
    return step(writer->begin) && step(writer->insert) && step(writer->commit);
}

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *data_size, void **request)
{
    static char seen;
    struct writer *writer = context;
    (void)method;
    (void)version;
    (void)data;
    if (!*request) {
        *request = &seen;
        return MHD_YES;
    }
    if (*data_size > 0) {
        *data_size = 0;
        return MHD_YES;
    }
    if (write_user(writer, url))
        return MHD_queue_response(connection, MHD_HTTP_OK, writer->response);
    fprintf(stderr, "%s: %s\n", url, sqlite3_errmsg(writer->db));
    if (!sqlite3_get_autocommit(writer->db))
        sqlite3_exec(writer->db, "ROLLBACK", NULL, NULL, NULL);
    return MHD_queue_response(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, writer->response);
}

static int writer_open(struct writer *writer, const char *path)
{
    static char body[] = "{}";
    writer->response = MHD_create_response_from_buffer(2, body, MHD_RESPMEM_PERSISTENT);
    return writer->response && sqlite3_open(path, &writer->db) == SQLITE_OK &&
           sqlite3_exec(writer->db, schema, NULL, NULL, NULL) == SQLITE_OK &&
           sqlite3_prepare_v2(writer->db, "BEGIN IMMEDIATE", -1, &writer->begin, NULL) ==
               SQLITE_OK &&
           sqlite3_prepare_v2(writer->db, insert, -1, &writer->insert, NULL) == SQLITE_OK &&
           sqlite3_prepare_v2(writer->db, "COMMIT", -1, &writer->commit, NULL) == SQLITE_OK;
}

static void writer_close(struct writer *writer)
{
    sqlite3_finalize(writer->begin);
    sqlite3_finalize(writer->insert);
    sqlite3_finalize(writer->commit);
    sqlite3_close(writer->db);
    if (writer->response)
        MHD_destroy_response(writer->response);
}

int main(int argc, char **argv)
{
    struct writer writer = {NULL, NULL, NULL, NULL, NULL};
    int code = 1;
    if (argc != 2) {
        fputs("usage: commit_each FILE\n", stderr);
        return 2;
    }
    if (writer_open(&writer, argv[1]))
        code = serve(answer, &writer);
    else
        fprintf(stderr, "commit_each: %s: %s\n", argv[1], sqlite3_errmsg(writer.db));
    writer_close(&writer);
    return code;
}
