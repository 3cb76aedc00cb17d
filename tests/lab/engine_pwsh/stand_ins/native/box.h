// SPDX-License-Identifier: GPL-3.0-or-later
// The box behind a native stand-in: its text documents, counted writes, and the forms in which Windows' own API passes text and SIDs.
#ifndef LAB_BOX_H
#define LAB_BOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint16_t utf16;

// A security identifier as Windows keeps it in memory.
typedef struct
{
    uint8_t revision;
    uint8_t count;
    uint8_t authority[6];
    uint32_t parts[15];
} sid;

#define SID_TEXT 200

enum
{
    ERROR_SUCCESS = 0,
    ERROR_ACCESS_DENIED = 5,
    ERROR_SHARING_VIOLATION = 32,
    ERROR_INVALID_PARAMETER = 87,
    ERROR_INVALID_LEVEL = 124
};

// A line of a text document; `next` is the one below.
typedef struct line
{
    char *text;
    struct line *next;
} line;

char *box_file(const char *name);            // the path of a document of the box
char *view_file(const char *name);           // the path of a document beside the view; null where there is no view
line *lines_read(const char *path);          // no such file: no lines
bool lines_write(const char *path, const line *first);
void lines_free(line *first);

// security.inf: the value of a key in a section as it stands there, null where it is not; setting null removes the key.
char *inf_get(const line *first, const char *section, const char *key);
line *inf_set(line *first, const char *section, const char *key, const char *value);

// Lists as security.inf has them: *S-1-5-32-544,*S-1-5-32-555
size_t list_count(const char *list);
void list_item(const char *list, size_t index, char *item);
bool list_has(const char *list, const char *item);
char *list_add(const char *list, const char *item);
char *list_remove(const char *list, const char *item);

void sid_text(const sid *from, char *text);
bool sid_parse(const char *text, sid *to);

char *utf8_of(const utf16 *text, size_t length);
utf16 *utf16_of(const char *text);
size_t utf16_length(const utf16 *text);
bool same_name(const char *one, const char *other);

// One write of the answer: false where the fault that a test asked for refuses it. A fault that ends the payload does not return.
bool write_counted(bool (*write)(void *), void *what);

#endif
