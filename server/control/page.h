/* page.html, which the build embeds in the binary. */
#ifndef CONTROL_PAGE_H
#define CONTROL_PAGE_H

#include <stddef.h>

extern const unsigned char page_html[];
extern const size_t page_html_len;

#endif
