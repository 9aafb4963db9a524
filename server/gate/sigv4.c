/* Reads a Signature Version 4 from a request and checks its form; sigv4_verify.c verifies it. */
#include "gate/sigv4.h"

#include "base/clock.h"
#include "base/text.h"

enum { CREDENTIAL_PARTS = 5, BASIC_DATE_LEN = 16, SCOPE_DATE_LEN = 8, EXPIRES_MAX_S = 604800 };

/* One to nine digits. */
static bool read_number(struct slice digits, int64_t *number)
{
    return digits.len <= 9 && text_number(digits, INT64_MAX, number);
}

struct moment {
    int64_t year, month, day, hour, minute, second; /* month and day from 1 */
};

/* Seconds since 1970; false for earlier times, leap seconds and invalid days. */
static bool moment_to_seconds(const struct moment *m, int64_t *seconds)
{
    static const int before_month[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    if (m->year < 1970 || m->month < 1 || m->month > 12 || m->hour > 23 || m->minute > 59 ||
        m->second > 59)
        return false;
    bool leap = (m->year % 4 == 0 && m->year % 100 != 0) || m->year % 400 == 0;
    int64_t month_length = before_month[m->month] - before_month[m->month - 1];
    if (leap && m->month == 2)
        month_length++;
    if (m->day < 1 || m->day > month_length)
        return false;
    int64_t past = m->year - 1;
    int64_t leap_days = past / 4 - past / 100 + past / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400);
    int64_t days = (m->year - 1970) * 365 + leap_days + before_month[m->month - 1] + m->day - 1;
    if (leap && m->month > 2)
        days++;
    *seconds = ((days * 24 + m->hour) * 60 + m->minute) * 60 + m->second;
    return true;
}

/* 20261123T171421Z */
static bool read_basic_date(struct slice text, int64_t *seconds)
{
    struct moment m = {0};
    return text.len == BASIC_DATE_LEN && text.data[8] == 'T' && text.data[15] == 'Z' &&
           read_number(slice_part(text, 0, 4), &m.year) &&
           read_number(slice_part(text, 4, 2), &m.month) &&
           read_number(slice_part(text, 6, 2), &m.day) &&
           read_number(slice_part(text, 9, 2), &m.hour) &&
           read_number(slice_part(text, 11, 2), &m.minute) &&
           read_number(slice_part(text, 13, 2), &m.second) && moment_to_seconds(&m, seconds);
}

/* The position, from 1, in a list of three-letter names; 0 if it is not in the list. */
static int64_t find_name(const char *names, struct slice name)
{
    for (int64_t i = 0; names[3 * i] != '\0'; i++)
        if (memcmp(names + 3 * i, name.data, 3) == 0)
            return i + 1;
    return 0;
}

/* Mon, 23 Nov 2026 17:14:21 GMT, or with -0000 from botocore. A wrong day of the week is accepted:
 * the signing examples that AWS published in 2012 have one. */
static bool read_http_date(struct slice text, int64_t *seconds)
{
    static const char shape[] = "www, 00 mmm 0000 00:00:00 ";
    const size_t zone_at = sizeof shape - 1;
    if (text.len < zone_at)
        return false;
    for (size_t i = 0; i < zone_at; i++)
        if (strchr(", :", shape[i]) && text.data[i] != shape[i])
            return false;
    struct slice zone = slice_part(text, zone_at, text.len - zone_at);
    if (!slice_equal(zone, SLICE("GMT")) && !slice_equal(zone, SLICE("-0000")) &&
        !slice_equal(zone, SLICE("+0000")))
        return false;
    struct moment m = {0};
    m.month = find_name("JanFebMarAprMayJunJulAugSepOctNovDec", slice_part(text, 8, 3));
    return find_name("MonTueWedThuFriSatSun", slice_part(text, 0, 3)) > 0 &&
           read_number(slice_part(text, 5, 2), &m.day) &&
           read_number(slice_part(text, 12, 4), &m.year) &&
           read_number(slice_part(text, 17, 2), &m.hour) &&
           read_number(slice_part(text, 20, 2), &m.minute) &&
           read_number(slice_part(text, 23, 2), &m.second) && moment_to_seconds(&m, seconds);
}

static bool read_header_date(const struct request *request, struct sigv4 *sigv4)
{
    struct slice amz = request_header(request, SLICE("X-Amz-Date"));
    struct slice text = text_trim(amz.data ? amz : request_header(request, SLICE("Date")));
    sigv4->date = text;
    if (read_basic_date(text, &sigv4->date_s))
        return true;
    if (amz.data || !read_http_date(text, &sigv4->date_s))
        return false;
    char basic[CLOCK_DATE_TIME];
    clock_format_basic(sigv4->date_s, basic);
    struct slice copy = slice_of(arena_copy(request->arena, slice_of(basic)));
    if (copy.data)
        sigv4->date = copy;
    return true;
}

static bool read_credential(struct slice credential, struct sigv4 *sigv4)
{
    struct slice parts[CREDENTIAL_PARTS];
    size_t count = 0;
    struct slice rest = credential;
    while (rest.data) {
        struct slice part = text_take(&rest, '/');
        if (count < CREDENTIAL_PARTS)
            parts[count] = part;
        count++;
    }
    if (count != CREDENTIAL_PARTS)
        return false;
    sigv4->access_key = parts[0];
    sigv4->scope_date = parts[1];
    sigv4->region = parts[2];
    sigv4->service = parts[3];
    sigv4->terminator = parts[4];
    return parts[0].len > 0;
}

/* False if the member already has a value. */
static bool set_once(struct slice *member, struct slice value)
{
    if (member->data)
        return false;
    *member = value;
    return true;
}

/* Reads on after an invalid part: the region is used even if nothing is verified. */
static bool read_authorization(struct slice text, struct sigv4 *sigv4)
{
    const struct slice algorithm = SLICE("AWS4-HMAC-SHA256");
    if (!slice_starts_with(text, algorithm) || text.len == algorithm.len ||
        !text_is_blank(text.data[algorithm.len]))
        return false;
    struct slice rest = slice_part(text, algorithm.len, text.len - algorithm.len);
    struct slice credential = {NULL, 0};
    bool well_formed = true;
    while (rest.data) {
        struct slice value = text_trim(text_take(&rest, ','));
        struct slice name = text_take(&value, '=');
        struct slice *member = NULL;
        if (slice_equal(name, SLICE("Credential")))
            member = &credential;
        else if (slice_equal(name, SLICE("SignedHeaders")))
            member = &sigv4->signed_headers;
        else if (slice_equal(name, SLICE("Signature")))
            member = &sigv4->signature;
        if (!member || !set_once(member, value))
            well_formed = false;
    }
    return read_credential(credential, sigv4) && well_formed && sigv4->signed_headers.len > 0 &&
           sigv4->signature.len > 0;
}

static bool is_presigned(const struct target *target)
{
    for (size_t i = 0; !target->malformed && i < target->member_count; i++) {
        struct slice name = target->members[i].name;
        if (slice_equal(name, SLICE("X-Amz-Algorithm")) ||
            slice_equal(name, SLICE("X-Amz-Credential")) ||
            slice_equal(name, SLICE("X-Amz-Signature")))
            return true;
    }
    return false;
}

static bool read_query(const struct target *target, struct sigv4 *sigv4)
{
    struct slice algorithm = {NULL, 0}, credential = {NULL, 0}, expires = {NULL, 0};
    const struct {
        struct slice name;
        struct slice *value;
    } parameters[] = {
        {SLICE("X-Amz-Algorithm"), &algorithm},
        {SLICE("X-Amz-Credential"), &credential},
        {SLICE("X-Amz-Date"), &sigv4->date},
        {SLICE("X-Amz-Expires"), &expires},
        {SLICE("X-Amz-SignedHeaders"), &sigv4->signed_headers},
        {SLICE("X-Amz-Signature"), &sigv4->signature},
    };
    enum { PARAMETERS = sizeof parameters / sizeof *parameters };
    bool well_formed = true;
    for (size_t i = 0; i < target->member_count; i++)
        for (size_t j = 0; j < PARAMETERS; j++)
            if (slice_equal(target->members[i].name, parameters[j].name) &&
                !set_once(parameters[j].value, target->members[i].value))
                well_formed = false;
    return read_credential(credential, sigv4) && well_formed &&
           slice_equal(algorithm, SLICE("AWS4-HMAC-SHA256")) && sigv4->signed_headers.len > 0 &&
           sigv4->signature.len > 0 && read_basic_date(sigv4->date, &sigv4->date_s) &&
           read_number(expires, &sigv4->expires_s) && sigv4->expires_s >= 1 &&
           sigv4->expires_s <= EXPIRES_MAX_S;
}

void sigv4_read(const struct request *request, struct sigv4 *sigv4)
{
    *sigv4 = (struct sigv4){0};
    struct slice authorization = {NULL, 0};
    size_t header_count = 0;
    for (size_t i = 0; i < request->header_count; i++)
        if (slice_equal_ignoring_case(request->headers[i].name, SLICE("Authorization")) &&
            header_count++ == 0)
            authorization = request->headers[i].value;
    bool in_query = is_presigned(&request->target);
    sigv4->present = header_count > 0 || in_query;
    sigv4->presigned = header_count == 0 && in_query;
    if (sigv4->presigned) {
        sigv4->well_formed = read_query(&request->target, sigv4);
    } else if (header_count > 0) {
        /* Two signatures, in headers or query, are ambiguous: AWS rejects them. */
        sigv4->well_formed = read_authorization(text_trim(authorization), sigv4) &&
                             read_header_date(request, sigv4) && header_count == 1 && !in_query;
    }
}

enum sigv4_verdict sigv4_check_form(const struct sigv4 *sigv4)
{
    if (!sigv4->present)
        return SIGV4_MISSING;
    if (!sigv4->well_formed)
        return SIGV4_INCOMPLETE;
    char date[CLOCK_DATE_TIME];
    clock_format_basic(sigv4->date_s, date);
    bool scoped = slice_equal(sigv4->scope_date, (struct slice){date, SCOPE_DATE_LEN}) &&
                  sigv4->region.len > 0 && slice_equal(sigv4->service, SLICE("mq")) &&
                  slice_equal(sigv4->terminator, SLICE("aws4_request"));
    return scoped ? SIGV4_OK : SIGV4_WRONG_SCOPE;
}
