/* Signatures: the first byte selects the current time, the rest is a request (request_text.h).
 *
 * Reading never fails, verifying again gives the same verdict, and a request that is valid is not
 * with another secret, another signature or a time outside its limits. */
#include "request_text.h"

#include "base/clock.h"
#include "gate/sigv4.h"
#include "http/target.h"

static const struct slice secret = SLICE_INIT("secret"); /* of tests/data/captures */

static enum sigv4_verdict verify(const struct request *request, const struct sigv4 *sigv4,
                                 struct slice key, int64_t now_s)
{
    enum sigv4_verdict verdict = SIGV4_OK, again = SIGV4_OK;
    int64_t limit_s = 0;
    FUZZ_CHECK(sigv4_verify(request, sigv4, key, now_s, &limit_s, &verdict) == RESULT_OK);
    FUZZ_CHECK(sigv4_verify(request, sigv4, key, now_s, &limit_s, &again) == RESULT_OK);
    FUZZ_CHECK_SEEN(verdict == again, "%d, then %d", (int)verdict, (int)again);
    FUZZ_CHECK(verdict == SIGV4_OK || verdict == SIGV4_MISMATCH || verdict == SIGV4_EXPIRED ||
               verdict == SIGV4_NOT_YET_CURRENT);
    return verdict;
}

/* The verdict with one bit of the signature inverted. */
static enum sigv4_verdict verify_changed(const struct request *request, struct sigv4 sigv4,
                                         int64_t now_s)
{
    struct fuzz_pieces pieces = {.count = 0};
    sigv4.signature = fuzz_copy(&pieces, sigv4.signature);
    pieces.list[0][sigv4.signature.len / 2] ^= 1;
    enum sigv4_verdict verdict = verify(request, &sigv4, secret, now_s);
    fuzz_free(&pieces);
    return verdict;
}

static void expect_form(const struct request *request, const struct sigv4 *sigv4)
{
    char basic[CLOCK_DATE_TIME];
    FUZZ_CHECK(sigv4->access_key.len > 0 && sigv4->signature.data && sigv4->date_s >= 0);
    FUZZ_CHECK(sigv4->presigned ? sigv4->expires_s >= 1 && sigv4->expires_s <= 604800
                                : sigv4->expires_s == 0);
    clock_format_basic(sigv4->date_s, basic);
    FUZZ_CHECK_SEEN(slice_equal(sigv4->date, slice_of(basic)), "%s", basic);
    (void)request;
}

void fuzz_sigv4(struct slice input)
{
    static struct request_text text;
    struct arena arena;
    struct sigv4 sigv4;
    static const int64_t offsets_s[] = {0, 1, -1, 299, 300, 301, -300, -301, 604800, 604801};
    int64_t offset_s = offsets_s[fuzz_take_choice(&input, sizeof offsets_s / sizeof *offsets_s)];
    arena_init(&arena, FUZZ_ROOM);
    request_text_read(input, false, &text);
    text.request.arena = &arena;
    FUZZ_CHECK(target_parse(text.request.raw_target, &arena, &text.request.target) == RESULT_OK);
    if (!text.request.target.malformed) {
        sigv4_read(&text.request, &sigv4);
        enum sigv4_verdict form = sigv4_check_form(&sigv4);
        FUZZ_CHECK(form == SIGV4_OK || form == SIGV4_MISSING || form == SIGV4_INCOMPLETE ||
                   form == SIGV4_WRONG_SCOPE);
        FUZZ_CHECK((form == SIGV4_MISSING) == !sigv4.present);
        FUZZ_CHECK(form == SIGV4_MISSING || (form == SIGV4_INCOMPLETE) == !sigv4.well_formed);
        if (sigv4.well_formed)
            expect_form(&text.request, &sigv4);
        if (form == SIGV4_OK) {
            int64_t now_s = sigv4.date_s + offset_s;
            enum sigv4_verdict verdict = verify(&text.request, &sigv4, secret, now_s);
            if (verdict == SIGV4_OK) {
                FUZZ_CHECK(verify(&text.request, &sigv4, SLICE("secreT"), now_s) == SIGV4_MISMATCH);
                FUZZ_CHECK(verify_changed(&text.request, sigv4, now_s) == SIGV4_MISMATCH);
                FUZZ_CHECK(verify(&text.request, &sigv4, secret, sigv4.date_s + 604801) ==
                           SIGV4_EXPIRED);
                FUZZ_CHECK(verify(&text.request, &sigv4, secret, sigv4.date_s - 301) ==
                           SIGV4_NOT_YET_CURRENT);
            }
        }
    }
    request_text_close(&text);
    arena_close(&arena);
}
