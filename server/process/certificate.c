#include "process/certificate.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/file.h"
#include "base/log.h"

enum {
    CERTIFICATE_FILE_MAX = 1 << 20, /* bytes */
    CERTIFICATE_SERIAL = 16,        /* bytes */
    CERTIFICATE_KEY_ID = 20,        /* bytes of SHA-1, as in RFC 5280, 4.2.1.2 */
    CERTIFICATE_EARLY_S = 3600,     /* for clients whose clock is behind the server's */
    /* Apple's clients reject server certificates that are valid for more than 825 days. */
    CERTIFICATE_VALID_S = 820 * 86400,
    CERTIFICATE_WARNED_S = 86400, /* before a certificate expires */
};

enum { CA_FILE, SERVER_FILE, KEY_FILE, FILES };

static const struct {
    const char *name;
    mode_t mode;
} files[FILES] = {{"ca.pem", 0644}, {"server.pem", 0644}, {"server-key.pem", 0600}};

static const char *const own_names[] = {"localhost", "127.0.0.1", "::1"};

enum { OWN_NAMES = sizeof own_names / sizeof *own_names };

static enum result fail(struct certificate_error *error, const char *format, ...) PRINTF_LIKE(2, 3);

static enum result fail(struct certificate_error *error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    return RESULT_SYSTEM;
}

/* --- Files --- */

/* NULL with *reason, static or that of strerror. */
static char *read_file(int directory, const char *name, bool pipes, const char **reason)
{
    const char *odd_kind = NULL;
    int fd = file_open(directory, name, O_RDONLY, pipes, &odd_kind);
    char *text = fd >= 0 ? calloc(1, CERTIFICATE_FILE_MAX + 1) : NULL;
    size_t len = 0;
    ssize_t got = -1;
    while (text && (got = read(fd, text + len, CERTIFICATE_FILE_MAX - len)) > 0)
        len += (size_t)got;
    int error = len == CERTIFICATE_FILE_MAX ? EFBIG : errno;
    if (fd >= 0)
        close(fd);
    if (got == 0 && len < CERTIFICATE_FILE_MAX)
        return text;
    free(text);
    *reason = odd_kind ? odd_kind : strerror(error);
    return NULL;
}

/* Never replaces a file. Removes the file if it cannot be written completely. */
static bool write_file(int directory, int which, const gnutls_datum_t *text)
{
    int fd = openat(directory, files[which].name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                    files[which].mode);
    if (fd < 0)
        return false;
    struct slice content = {(const char *)text->data, text->size};
    bool written = file_write_all(fd, content) && fsync(fd) == 0;
    int error = errno;
    close(fd);
    if (!written)
        unlinkat(directory, files[which].name, 0);
    errno = error;
    return written;
}

/* --- Checks --- */

/* The key of the CA is not stored, so it cannot issue another certificate. */
static const char advice_anew[] = "; remove the files to create new ones";

static gnutls_datum_t datum_of(const char *text)
{
    return (gnutls_datum_t){(unsigned char *)(uintptr_t)text, (unsigned)strlen(text)};
}

/* Clients would refuse each connection, with a message that names neither file nor date. */
static enum result check_time(gnutls_x509_crt_t certificate, const char *file, const char *advice,
                              struct certificate_error *error)
{
    int64_t now_ms = clock_wall_ms();
    int64_t from_ms = (int64_t)gnutls_x509_crt_get_activation_time(certificate) * 1000;
    int64_t until_ms = (int64_t)gnutls_x509_crt_get_expiration_time(certificate) * 1000;
    char from[CLOCK_DATE_TIME], until[CLOCK_DATE_TIME];
    clock_format_ms(from_ms, from);
    clock_format_ms(until_ms, until);
    if (until_ms < now_ms)
        return fail(error, "%.110s has expired: it was valid until %s%s", file, until, advice);
    if (from_ms > now_ms)
        return fail(error, "%.110s is not yet valid: it is valid from %s%s", file, from, advice);
    if (until_ms - now_ms < CERTIFICATE_WARNED_S * INT64_C(1000) &&
        log_begin(LOG_WARN, "certificate-expires")) {
        log_string("file", file);
        log_string("until", until);
        log_end();
    }
    return RESULT_OK;
}

/* The certificate and the issuers behind it. */
static enum result check_chain(const struct identity *identity, const char *file,
                               const char *advice, struct certificate_error *error)
{
    gnutls_x509_crt_t *chain = NULL;
    unsigned count = 0;
    gnutls_datum_t certificate = datum_of(identity->certificate);
    int code = gnutls_x509_crt_list_import2(&chain, &count, &certificate, GNUTLS_X509_FMT_PEM, 0);
    if (code < 0)
        return fail(error, "%.160s: not a certificate in PEM (%s)", file, gnutls_strerror(code));
    enum result result = RESULT_OK;
    for (unsigned i = 0; i < count; i++) {
        if (!result)
            result = check_time(chain[i], file, advice, error);
        gnutls_x509_crt_deinit(chain[i]);
    }
    gnutls_free(chain);
    return result;
}

/* The checks that libmicrohttpd makes later, for a better error message. */
static enum result check_pair(const struct identity *identity, const char *certificate_file,
                              const char *key_file, struct certificate_error *error)
{
    gnutls_certificate_credentials_t credentials = NULL;
    gnutls_datum_t certificate = datum_of(identity->certificate), key = datum_of(identity->key);
    int code = gnutls_certificate_allocate_credentials(&credentials);
    if (code >= 0)
        code = gnutls_certificate_set_x509_key_mem(credentials, &certificate, &key,
                                                   GNUTLS_X509_FMT_PEM);
    if (credentials)
        gnutls_certificate_free_credentials(credentials);
    if (code == GNUTLS_E_CERTIFICATE_KEY_MISMATCH)
        return fail(error, "%.110s is not the key of %.110s", key_file, certificate_file);
    if (code < 0)
        return fail(error, "%.160s: not a private key in PEM without a password (%s)", key_file,
                    gnutls_strerror(code));
    return RESULT_OK;
}

static enum result check_names(gnutls_x509_crt_t server, const char *directory,
                               const char *const *names, size_t name_count,
                               struct certificate_error *error)
{
    for (size_t i = 0; i < OWN_NAMES + name_count; i++) {
        const char *name = i < OWN_NAMES ? own_names[i] : names[i - OWN_NAMES];
        if (!gnutls_x509_crt_check_hostname2(server, name, 0))
            return fail(error, "%.110s/server.pem is not for %.80s%s", directory, name,
                        advice_anew);
    }
    return RESULT_OK;
}

/* Checks the validity period of ca.pem, and issuer and names of server.pem. */
static enum result check_issue(const char *ca_text, const char *server_text, const char *directory,
                               const char *const *names, size_t name_count,
                               struct certificate_error *error)
{
    gnutls_x509_crt_t ca = NULL, server = NULL;
    gnutls_datum_t ca_pem = datum_of(ca_text), server_pem = datum_of(server_text);
    unsigned status = 0;
    enum result result = RESULT_SYSTEM;
    char ca_file[200];
    snprintf(ca_file, sizeof ca_file, "%.180s/%s", directory, files[CA_FILE].name);
    if (gnutls_x509_crt_init(&ca) < 0 || gnutls_x509_crt_init(&server) < 0)
        fail(error, "out of memory");
    else if (gnutls_x509_crt_import(ca, &ca_pem, GNUTLS_X509_FMT_PEM) < 0)
        fail(error, "%.160s: not a certificate in PEM", ca_file);
    else if (check_time(ca, ca_file, advice_anew, error))
        result = RESULT_SYSTEM;
    else if (gnutls_x509_crt_import(server, &server_pem, GNUTLS_X509_FMT_PEM) < 0 ||
             gnutls_x509_crt_verify(server, &ca, 1, GNUTLS_VERIFY_DISABLE_TIME_CHECKS, &status) < 0)
        fail(error, "%.160s/server.pem: cannot be checked", directory);
    else if (status != 0)
        fail(error, "%.110s/server.pem was not issued by %.110s", directory, ca_file);
    else
        result = check_names(server, directory, names, name_count, error);
    gnutls_x509_crt_deinit(server);
    gnutls_x509_crt_deinit(ca);
    return result;
}

/* --- Creation --- */

struct pair {
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t certificate;
    unsigned char key_id[CERTIFICATE_KEY_ID];
};

static void close_pair(struct pair *pair)
{
    gnutls_x509_crt_deinit(pair->certificate);
    gnutls_x509_privkey_deinit(pair->key);
}

static int add_name(gnutls_x509_crt_t certificate, const char *name)
{
    unsigned char address[16];
    gnutls_x509_subject_alt_name_t type = GNUTLS_SAN_IPADDRESS;
    const void *data = address;
    unsigned len = 4;
    if (inet_pton(AF_INET6, name, address) == 1) {
        len = 16;
    } else if (inet_pton(AF_INET, name, address) != 1) {
        type = GNUTLS_SAN_DNSNAME;
        data = name;
        len = (unsigned)strlen(name);
    }
    return gnutls_x509_crt_set_subject_alt_name(certificate, type, data, len, GNUTLS_FSAN_APPEND);
}

/* The common part of both certificates. The subject has a random number, so that the CAs of several
 * servers can be in one bundle. */
static int begin_pair(struct pair *pair, const char *name)
{
    unsigned char serial[CERTIFICATE_SERIAL];
    char subject[80], number[2 * 4 + 1];
    size_t id_len = CERTIFICATE_KEY_ID;
    time_t now = (time_t)(clock_wall_ms() / 1000);
    unsigned bits = GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1);
    int code = gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof serial);
    serial[0] = (unsigned char)((serial[0] & 0x7F) | 0x40); /* positive, of full length */
    crypto_hex(serial, 4, number);
    snprintf(subject, sizeof subject, "CN=%s %s", name, number);
    if (code < 0 || (code = gnutls_x509_privkey_init(&pair->key)) < 0 ||
        (code = gnutls_x509_privkey_generate(pair->key, GNUTLS_PK_ECDSA, bits, 0)) < 0 ||
        (code = gnutls_x509_crt_init(&pair->certificate)) < 0)
        return code;
    gnutls_x509_crt_t made = pair->certificate;
    if ((code = gnutls_x509_crt_set_version(made, 3)) < 0 ||
        (code = gnutls_x509_crt_set_serial(made, serial, sizeof serial)) < 0 ||
        (code = gnutls_x509_crt_set_dn(made, subject, NULL)) < 0 ||
        (code = gnutls_x509_crt_set_activation_time(made, now - CERTIFICATE_EARLY_S)) < 0 ||
        (code = gnutls_x509_crt_set_expiration_time(made, now + CERTIFICATE_VALID_S)) < 0 ||
        (code = gnutls_x509_crt_set_key(made, pair->key)) < 0 ||
        (code = gnutls_x509_crt_get_key_id(made, GNUTLS_KEYID_USE_SHA1, pair->key_id, &id_len)) < 0)
        return code;
    return gnutls_x509_crt_set_subject_key_id(made, pair->key_id, sizeof pair->key_id);
}

static int make_ca(struct pair *ca)
{
    unsigned usage = GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN;
    int code = begin_pair(ca, "amazonmq-local CA");
    if (code < 0 || (code = gnutls_x509_crt_set_basic_constraints(ca->certificate, 1, 0)) < 0 ||
        (code = gnutls_x509_crt_set_key_usage(ca->certificate, usage)) < 0)
        return code;
    return gnutls_x509_crt_sign2(ca->certificate, ca->certificate, ca->key, GNUTLS_DIG_SHA256, 0);
}

static int make_server(struct pair *server, const struct pair *ca, const char *const *names,
                       size_t name_count)
{
    int code = begin_pair(server, "amazonmq-local");
    gnutls_x509_crt_t made = server->certificate;
    for (size_t i = 0; code >= 0 && i < OWN_NAMES; i++)
        code = add_name(made, own_names[i]);
    for (size_t i = 0; code >= 0 && i < name_count; i++)
        code = add_name(made, names[i]);
    if (code < 0 || (code = gnutls_x509_crt_set_basic_constraints(made, 0, -1)) < 0 ||
        (code = gnutls_x509_crt_set_key_usage(made, GNUTLS_KEY_DIGITAL_SIGNATURE)) < 0 ||
        (code = gnutls_x509_crt_set_key_purpose_oid(made, GNUTLS_KP_TLS_WWW_SERVER, 0)) < 0 ||
        (code = gnutls_x509_crt_set_authority_key_id(made, ca->key_id, sizeof ca->key_id)) < 0)
        return code;
    return gnutls_x509_crt_sign2(made, ca->certificate, ca->key, GNUTLS_DIG_SHA256, 0);
}

static int make_texts(const char *const *names, size_t name_count, gnutls_datum_t texts[FILES])
{
    struct pair ca = {.key = NULL}, server = {.key = NULL};
    int code = make_ca(&ca);
    if (code >= 0)
        code = make_server(&server, &ca, names, name_count);
    if (code >= 0)
        code = gnutls_x509_crt_export2(ca.certificate, GNUTLS_X509_FMT_PEM, &texts[CA_FILE]);
    if (code >= 0)
        code =
            gnutls_x509_crt_export2(server.certificate, GNUTLS_X509_FMT_PEM, &texts[SERVER_FILE]);
    if (code >= 0)
        code = gnutls_x509_privkey_export2_pkcs8(server.key, GNUTLS_X509_FMT_PEM, NULL,
                                                 GNUTLS_PKCS_PLAIN, &texts[KEY_FILE]);
    close_pair(&server);
    close_pair(&ca);
    return code;
}

static enum result make_files(int fd, const char *directory, const char *const *names,
                              size_t name_count, struct certificate_error *error)
{
    gnutls_datum_t texts[FILES] = {{NULL, 0}};
    enum result result = RESULT_OK;
    int code = make_texts(names, name_count, texts);
    if (code < 0)
        result = fail(error, "cannot make a certificate: %s", gnutls_strerror(code));
    for (int i = 0; !result && i < FILES; i++) {
        if (write_file(fd, i, &texts[i]))
            continue;
        result =
            fail(error, "cannot write %.160s/%s: %s", directory, files[i].name, strerror(errno));
        while (i-- > 0)
            unlinkat(fd, files[i].name, 0);
        break;
    }
    if (texts[KEY_FILE].data)
        explicit_bzero(texts[KEY_FILE].data, texts[KEY_FILE].size);
    for (int i = 0; i < FILES; i++)
        gnutls_free(texts[i].data);
    if (!result)
        log_event(LOG_INFO, "certificate-made", "directory", directory);
    return result;
}

/* --- Loading --- */

enum result certificate_load(const char *certificate_file, const char *key_file,
                             struct identity *identity, struct certificate_error *error)
{
    const char *reason = NULL;
    *identity =
        (struct identity){.certificate = read_file(AT_FDCWD, certificate_file, true, &reason)};
    if (!identity->certificate)
        return fail(error, "cannot read %.160s: %s", certificate_file, reason);
    identity->key = read_file(AT_FDCWD, key_file, true, &reason);
    if (!identity->key)
        return fail(error, "cannot read %.160s: %s", key_file, reason);
    enum result result = check_chain(identity, certificate_file, "", error);
    return result ? result : check_pair(identity, certificate_file, key_file, error);
}

static enum result open_directory(const char *directory, int *fd, struct certificate_error *error)
{
    if (mkdir(directory, 0755) != 0 && errno != EEXIST)
        return fail(error, "cannot make the directory %.160s: %s", directory, strerror(errno));
    *fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*fd < 0)
        return fail(error, "cannot open %.160s: %s", directory, strerror(errno));
    /* Two servers that start at the same time must not both create the files. On a file system
     * without locks one of them may find only some of the files, and fails. */
    while (flock(*fd, LOCK_EX) != 0 && errno == EINTR)
        ;
    return RESULT_OK;
}

/* The number of files that exist; *missing is one that does not. */
static int count_files(int fd, const char **missing)
{
    int count = 0;
    for (int i = 0; i < FILES; i++) {
        struct stat status;
        if (fstatat(fd, files[i].name, &status, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT)
            count++;
        else
            *missing = files[i].name;
    }
    return count;
}

static enum result read_files(int fd, const char *directory, char *texts[FILES],
                              struct certificate_error *error)
{
    for (int i = 0; i < FILES; i++) {
        const char *reason = NULL;
        texts[i] = read_file(fd, files[i].name, false, &reason);
        if (!texts[i])
            return fail(error, "cannot read %.160s/%s: %s", directory, files[i].name, reason);
    }
    return RESULT_OK;
}

/* The file is created with mode 0600; a copy or a backup may have another. */
static void warn_of_open_key(int directory, const char *file)
{
    struct stat status;
    char mode[8];
    if (fstatat(directory, files[KEY_FILE].name, &status, 0) != 0 || !(status.st_mode & 077) ||
        !log_begin(LOG_WARN, "certificate-key-open"))
        return;
    snprintf(mode, sizeof mode, "%04o", (unsigned)status.st_mode & 07777);
    log_string("file", file);
    log_string("mode", mode);
    log_end();
}

enum result certificate_load_or_create(const char *directory, const char *const *names,
                                       size_t name_count, struct identity *identity,
                                       struct certificate_error *error)
{
    char *texts[FILES] = {NULL};
    const char *missing = NULL;
    char paths[2][200];
    int fd = -1;
    *identity = (struct identity){.key = NULL};
    enum result result = open_directory(directory, &fd, error);
    int count = result ? 0 : count_files(fd, &missing);
    if (!result && count > 0 && count < FILES)
        result = fail(error, "%.110s has no %s; remove the other files to create new ones",
                      directory, missing);
    if (!result && count == 0)
        result = make_files(fd, directory, names, name_count, error);
    if (!result)
        result = read_files(fd, directory, texts, error);
    snprintf(paths[0], sizeof paths[0], "%.180s/%s", directory, files[SERVER_FILE].name);
    snprintf(paths[1], sizeof paths[1], "%.180s/%s", directory, files[KEY_FILE].name);
    if (!result)
        warn_of_open_key(fd, paths[1]);
    if (fd >= 0)
        close(fd);
    *identity = (struct identity){
        .key = texts[KEY_FILE], .certificate = texts[SERVER_FILE], .ca = texts[CA_FILE]};
    if (!result)
        result = check_chain(identity, paths[0], advice_anew, error);
    if (!result)
        result = check_pair(identity, paths[0], paths[1], error);
    if (!result)
        result =
            check_issue(texts[CA_FILE], texts[SERVER_FILE], directory, names, name_count, error);
    return result;
}

void certificate_close(struct identity *identity)
{
    if (identity->key)
        explicit_bzero(identity->key, strlen(identity->key));
    free(identity->key);
    free(identity->certificate);
    free(identity->ca);
    *identity = (struct identity){.key = NULL};
}
