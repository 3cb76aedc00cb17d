// SPDX-License-Identifier: GPL-3.0-or-later
// Sections, lists, SIDs and UTF-16. SID layout: [MS-DTYP] 2.4.2.
#include "box.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// The line of `key` in `section`, and where the section ends (the line after which a new key is put).
static line *inf_find(line *first, const char *section, const char *key, line **end)
{
    char header[100];
    bool inside = false;
    snprintf(header, sizeof header, "[%s]", section);
    *end = NULL;
    for (line *at = first; at != NULL; at = at->next)
    {
        if (at->text[0] == '[') inside = strcasecmp(at->text, header) == 0;
        if (!inside) continue;
        if (at->text[0] != 0) *end = at;
        size_t length = strcspn(at->text, " =");
        if (at->text[0] != '[' && length == strlen(key) && strncasecmp(at->text, key, length) == 0) return at;
    }
    return NULL;
}

char *inf_get(const line *first, const char *section, const char *key)
{
    line *end, *found = inf_find((line *)first, section, key, &end);
    if (found == NULL) return NULL;
    const char *value = strchr(found->text, '=');
    value = value == NULL ? "" : value + 1 + strspn(value + 1, " ");
    return strdup(value);
}

static line *line_after(line *before, const char *text)
{
    line *made = calloc(1, sizeof(line));
    made->text = strdup(text);
    if (before != NULL)
    {
        made->next = before->next;
        before->next = made;
    }
    return made;
}

static line *without(line *first, line *gone)
{
    for (line **at = &first; *at != NULL; at = &(*at)->next)
        if (*at == gone)
        {
            *at = gone->next;
            free(gone->text);
            free(gone);
            break;
        }
    return first;
}

static line *last(line *first)
{
    while (first != NULL && first->next != NULL) first = first->next;
    return first;
}

line *inf_set(line *first, const char *section, const char *key, const char *value)
{
    line *end, *found = inf_find(first, section, key, &end);
    if (value == NULL) return found == NULL ? first : without(first, found);
    char *text = malloc(strlen(key) + strlen(value) + strlen(section) + 8);
    if (found == NULL && end == NULL)
    {
        sprintf(text, "[%s]", section);
        end = line_after(last(first), text);
        if (first == NULL) first = end;
    }
    sprintf(text, "%s =%s%s", key, value[0] == 0 ? "" : " ", value);
    if (found == NULL) found = line_after(end, "");
    free(found->text);
    found->text = text;
    return first;
}

size_t list_count(const char *list)
{
    if (list == NULL || list[0] == 0) return 0;
    size_t count = 1;
    for (; *list != 0; list++) count += *list == ',';
    return count;
}

void list_item(const char *list, size_t index, char *item)
{
    while (index-- > 0) list = strchr(list, ',') + 1;
    list += strspn(list, " *");
    size_t length = strcspn(list, ", ");
    if (length >= SID_TEXT) length = SID_TEXT - 1;
    memcpy(item, list, length);
    item[length] = 0;
}

bool list_has(const char *list, const char *item)
{
    char one[SID_TEXT];
    for (size_t index = 0; index < list_count(list); index++)
    {
        list_item(list, index, one);
        if (strcasecmp(one, item) == 0) return true;
    }
    return false;
}

char *list_add(const char *list, const char *item)
{
    bool empty = list_count(list) == 0;
    char *made = malloc((empty ? 0 : strlen(list)) + strlen(item) + 3);
    sprintf(made, "%s%s*%s", empty ? "" : list, empty ? "" : ",", item);
    return made;
}

char *list_remove(const char *list, const char *item)
{
    char one[SID_TEXT], *kept = strdup("");
    for (size_t index = 0; index < list_count(list); index++)
    {
        list_item(list, index, one);
        if (strcasecmp(one, item) == 0) continue;
        char *longer = list_add(kept, one);
        free(kept);
        kept = longer;
    }
    return kept;
}

void sid_text(const sid *from, char *text)
{
    uint64_t authority = 0;
    for (int at = 0; at < 6; at++) authority = authority << 8 | from->authority[at];
    int length = snprintf(text, SID_TEXT, "S-%u-%llu", from->revision, (unsigned long long)authority);
    for (int at = 0; at < from->count && at < 15; at++)
        length += snprintf(text + length, SID_TEXT - length, "-%u", from->parts[at]);
}

bool sid_parse(const char *text, sid *to)
{
    char *rest;
    memset(to, 0, sizeof *to);
    if (strncasecmp(text, "S-1-", 4) != 0) return false;
    to->revision = 1;
    uint64_t authority = strtoull(text + 4, &rest, 10);
    for (int at = 5; at >= 0; at--, authority >>= 8) to->authority[at] = authority & 255;
    while (*rest == '-' && to->count < 15) to->parts[to->count++] = (uint32_t)strtoul(rest + 1, &rest, 10);
    return *rest == 0 && to->count > 0;
}

size_t utf16_length(const utf16 *text)
{
    size_t length = 0;
    while (text[length] != 0) length++;
    return length;
}

static uint32_t code_point(const utf16 *text, size_t length, size_t *at)
{
    uint32_t one = text[(*at)++];
    if ((one & 0xFC00) != 0xD800 || *at >= length) return one;
    return 0x10000 + ((one & 0x3FF) << 10) + (text[(*at)++] & 0x3FF);
}

char *utf8_of(const utf16 *text, size_t length)
{
    char *made = malloc(length * 4 + 1), *end = made;
    for (size_t at = 0; at < length;)
    {
        uint32_t code = code_point(text, length, &at);
        int more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
        *end++ = (char)(more == 0 ? code : (0xFF00 >> (more + 1) & 0xFF) | code >> 6 * more);
        while (more-- > 0) *end++ = (char)(0x80 | (code >> 6 * more & 0x3F));
    }
    *end = 0;
    return made;
}

utf16 *utf16_of(const char *text)
{
    utf16 *made = calloc(strlen(text) + 1, sizeof(utf16)), *end = made;
    for (const unsigned char *at = (const unsigned char *)text; *at != 0;)
    {
        int more = *at < 0x80 ? 0 : *at < 0xE0 ? 1 : *at < 0xF0 ? 2 : 3;
        uint32_t code = more == 0 ? *at : *at & (0x3F >> more);
        for (at++; more > 0 && *at != 0; more--) code = code << 6 | (*at++ & 0x3F);
        if (code >= 0x10000) *end++ = (utf16)(0xD800 + ((code - 0x10000) >> 10));
        *end++ = (utf16)(code < 0x10000 ? code : 0xDC00 + ((code - 0x10000) & 0x3FF));
    }
    return made;
}

// Names of groups compare without case; of the letters outside ASCII those of Latin-1 are folded, which UTF-8 begins with C3.
static unsigned char folded(const char *text, size_t at)
{
    unsigned char one = (unsigned char)text[at];
    if (one >= 'A' && one <= 'Z') return one + 32;
    bool latin = at > 0 && (unsigned char)text[at - 1] == 0xC3 && one >= 0x80 && one <= 0x9E && one != 0x97;
    return latin ? one + 32 : one;
}

bool same_name(const char *one, const char *other)
{
    if (strlen(one) != strlen(other)) return false;
    for (size_t at = 0; one[at] != 0; at++)
        if (folded(one, at) != folded(other, at)) return false;
    return true;
}
