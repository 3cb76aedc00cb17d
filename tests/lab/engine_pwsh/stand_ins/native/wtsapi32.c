// SPDX-License-Identifier: GPL-3.0-or-later
// The sessions of the box: one line of sessions.txt each (id, name, state of WTS_CONNECTSTATE_CLASS, between tabs).
// Source: learn.microsoft.com/windows/win32/api/wtsapi32.
#include "box.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct
{
    uint32_t id;
    utf16 *name;
    int32_t state;
} session;

enum { DISCONNECTED = 4 };

static size_t sessions_read(const line *first, session *into)
{
    // session 0 is that of the services, on every host
    size_t count = 1;
    into[0] = (session){.id = 0, .name = utf16_of("Services"), .state = DISCONNECTED};
    for (; first != NULL; first = first->next)
    {
        char *name = strchr(first->text, '\t'), *state = name == NULL ? NULL : strchr(name + 1, '\t');
        if (state == NULL) continue;
        *name++ = *state++ = 0;
        into[count++] = (session){.id = (uint32_t)atoi(first->text), .name = utf16_of(name), .state = atoi(state)};
    }
    return count;
}

// The names stand behind the array, so that one WTSFreeMemory frees all.
static session *one_block(const session *found, size_t count)
{
    size_t room = count * sizeof(session);
    for (size_t at = 0; at < count; at++) room += (utf16_length(found[at].name) + 1) * sizeof(utf16);
    session *made = malloc(room);
    utf16 *text = (utf16 *)(made + count);
    for (size_t at = 0; at < count; at++)
    {
        size_t length = utf16_length(found[at].name) + 1;
        made[at] = found[at];
        made[at].name = memcpy(text, found[at].name, length * sizeof(utf16));
        free(found[at].name);
        text += length;
    }
    return made;
}

int WTSEnumerateSessionsW(void *server, uint32_t reserved, uint32_t version, session **made, uint32_t *count)
{
    if (server != NULL || reserved != 0 || version != 1)
    {
        errno = ERROR_INVALID_PARAMETER; // what .NET takes for the last error
        return 0;
    }
    char *file = box_file("sessions.txt");
    line *first = lines_read(file);
    size_t room = 1;
    for (line *at = first; at != NULL; at = at->next) room++;
    session *found = calloc(room, sizeof(session));
    *count = (uint32_t)sessions_read(first, found);
    *made = one_block(found, *count);
    free(found);
    lines_free(first);
    free(file);
    return 1;
}

int WTSEnumerateSessions(void *server, uint32_t reserved, uint32_t version, session **made, uint32_t *count)
{
    return WTSEnumerateSessionsW(server, reserved, version, made, count);
}

void WTSFreeMemory(void *memory) { free(memory); }
