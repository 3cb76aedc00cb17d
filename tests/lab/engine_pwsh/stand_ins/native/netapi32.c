// SPDX-License-Identifier: GPL-3.0-or-later
// Members of local groups by SID (level 0), from [Group Membership] of security.inf; the names of groups stand in the view's .groups.
// Source: learn.microsoft.com/windows/win32/api/lmaccess; codes: lmerr.h, winerror.h. Level 0 asks nobody for an account's
// name, so a member whose account is gone is a member like any other.
#include "box.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTION "Group Membership"
#define ERROR_NO_SUCH_ALIAS 1376
#define ERROR_MEMBER_NOT_IN_ALIAS 1377
#define ERROR_MEMBER_IN_ALIAS 1378
#define NERR_GroupNotFound 2220

// The key of the group's members in security.inf; null where there is no group of this name. .groups: SID, tab, name.
static char *key_of(const utf16 *name)
{
    char *wanted = utf8_of(name, utf16_length(name)), *file = view_file(".groups"), *key = NULL;
    line *groups = file == NULL ? NULL : lines_read(file);
    for (line *at = groups; at != NULL && key == NULL; at = at->next)
    {
        char *tab = strchr(at->text, '\t');
        if (tab == NULL || !same_name(tab + 1, wanted)) continue;
        *tab = 0;
        key = malloc(strlen(at->text) + 16);
        sprintf(key, "*%s__Members", at->text);
    }
    lines_free(groups);
    free(file);
    free(wanted);
    return key;
}

static char *members_of(const char *key)
{
    char *file = box_file("security.inf");
    line *inf = lines_read(file);
    char *list = inf_get(inf, SECTION, key);
    lines_free(inf);
    free(file);
    return list == NULL ? strdup("") : list;
}

uint32_t NetApiBufferFree(void *buffer)
{
    free(buffer);
    return ERROR_SUCCESS;
}

uint32_t NetLocalGroupGetMembers(const utf16 *server, const utf16 *group, uint32_t level, void **buffer, uint32_t room,
                                 uint32_t *read, uint32_t *total, uintptr_t *resume)
{
    (void)server, (void)room, (void)resume;
    *buffer = NULL;
    *read = *total = 0;
    if (level != 0) return ERROR_INVALID_LEVEL;
    char *key = key_of(group);
    if (key == NULL) return ERROR_NO_SUCH_ALIAS;
    char *list = members_of(key), text[SID_TEXT];
    size_t count = list_count(list);
    void **array = calloc(count + 1, sizeof(void *) + sizeof(sid));
    sid *at = (sid *)(array + count);
    for (size_t index = 0; index < count; index++, at++)
    {
        list_item(list, index, text);
        sid_parse(text, at);
        array[index] = at;
    }
    *buffer = array;
    *read = *total = (uint32_t)count;
    free(list);
    free(key);
    return ERROR_SUCCESS;
}

typedef struct
{
    const char *key;
    char *list;
} change;

static bool store(void *argument)
{
    const change *what = argument;
    char *file = box_file("security.inf");
    line *inf = inf_set(lines_read(file), SECTION, what->key, what->list);
    bool written = lines_write(file, inf);
    lines_free(inf);
    free(file);
    return written;
}

// All members or none, as SAM does where one of them is refused.
static uint32_t changed(change *what, sid *const *members, uint32_t count, bool add)
{
    char text[SID_TEXT];
    for (uint32_t at = 0; at < count; at++)
    {
        sid_text(members[at], text);
        bool held = list_has(what->list, text);
        if (held == add) return add ? ERROR_MEMBER_IN_ALIAS : ERROR_MEMBER_NOT_IN_ALIAS;
        char *made = add ? list_add(what->list, text) : list_remove(what->list, text);
        free(what->list);
        what->list = made;
    }
    return write_counted(store, what) ? ERROR_SUCCESS : ERROR_SHARING_VIOLATION;
}

static uint32_t apply(const utf16 *group, uint32_t level, sid *const *members, uint32_t count, bool add)
{
    if (level != 0) return ERROR_INVALID_LEVEL;
    char *key = key_of(group);
    if (key == NULL) return NERR_GroupNotFound;
    change what = {.key = key, .list = members_of(key)};
    uint32_t error = changed(&what, members, count, add);
    free(what.list);
    free(key);
    return error;
}

uint32_t NetLocalGroupAddMembers(const utf16 *server, const utf16 *group, uint32_t level, sid *const *members, uint32_t count)
{
    (void)server;
    return apply(group, level, members, count, true);
}

uint32_t NetLocalGroupDelMembers(const utf16 *server, const utf16 *group, uint32_t level, sid *const *members, uint32_t count)
{
    (void)server;
    return apply(group, level, members, count, false);
}
