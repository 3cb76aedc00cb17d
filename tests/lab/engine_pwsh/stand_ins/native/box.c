// SPDX-License-Identifier: GPL-3.0-or-later
// The box's documents and the counted writes. PowerShell sets the environment of its own process in managed memory only, so the
// folder of the box and the fault stand in the file .view of the working directory, which is the view.
#include "box.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CRASH_EXIT_CODE 86

static char *joined(const char *folder, const char *name)
{
    char *path = malloc(strlen(folder) + strlen(name) + 2);
    sprintf(path, "%s/%s", folder, name);
    return path;
}

char *view_file(const char *name)
{
    char folder[4096];
    const char *named = getenv("LAB_VIEW");
    if (getcwd(folder, sizeof folder) != NULL)
    {
        char *mark = joined(folder, ".view");
        bool here = access(mark, F_OK) == 0;
        free(mark);
        if (here) return joined(folder, name);
    }
    return named == NULL ? NULL : joined(named, name);
}

// The value of `key=` in the file .view.
static char *view_value(const char *key)
{
    char *file = view_file(".view"), *value = NULL;
    if (file == NULL) return NULL;
    line *first = lines_read(file);
    size_t length = strlen(key);
    for (line *at = first; at != NULL; at = at->next)
        if (strncmp(at->text, key, length) == 0 && at->text[length] == '=') value = strdup(at->text + length + 1);
    lines_free(first);
    free(file);
    return value;
}

char *box_file(const char *name)
{
    char *folder = view_value("box");
    if (folder == NULL) return strdup(name);
    char *path = joined(folder, name);
    free(folder);
    return path;
}

line *lines_read(const char *path)
{
    FILE *stream = fopen(path, "r");
    if (stream == NULL) return NULL;
    line *first = NULL, **end = &first;
    char *text = NULL;
    size_t room = 0;
    while (getline(&text, &room, stream) >= 0)
    {
        text[strcspn(text, "\r\n")] = 0;
        *end = calloc(1, sizeof(line));
        (*end)->text = strdup(text);
        end = &(*end)->next;
    }
    free(text);
    fclose(stream);
    return first;
}

void lines_free(line *first)
{
    while (first != NULL)
    {
        line *next = first->next;
        free(first->text);
        free(first);
        first = next;
    }
}

bool lines_write(const char *path, const line *first)
{
    char *unfinished = malloc(strlen(path) + 16);
    sprintf(unfinished, "%s.%d.tmp", path, (int)getpid());
    FILE *stream = fopen(unfinished, "w");
    bool written = stream != NULL;
    if (written)
    {
        for (; first != NULL; first = first->next) fprintf(stream, "%s\n", first->text);
        written = fclose(stream) == 0 && rename(unfinished, path) == 0;
    }
    free(unfinished);
    return written;
}

// --- counted writes: the length of the file .writes is their number, and each of them adds a byte ---

static long writes_made(void)
{
    char *file = view_file(".writes");
    struct stat found;
    long number = file != NULL && stat(file, &found) == 0 ? (long)found.st_size : 0;
    free(file);
    return number;
}

static void leave(const char *name, int flags)
{
    char *file = view_file(name);
    if (file == NULL) return;
    int handle = open(file, O_WRONLY | O_CREAT | flags, 0644);
    if (handle >= 0 && write(handle, "w", 1) == 1) close(handle);
    free(file);
}

// The effect of the fault that is due at the next write, null where none is. Its text is kind:number:when:effect.
static char *effect_due(const char *when)
{
    char *fault = view_value("fault"), *effect = NULL;
    char kind[16] = "", at[16] = "", what[16] = "";
    long number = 0;
    if (fault != NULL && sscanf(fault, "%15[^:]:%ld:%15[^:]:%15s", kind, &number, at, what) == 4)
        if (strcmp(kind, "write") == 0 && strcmp(at, when) == 0 && number == writes_made() + 1) effect = strdup(what);
    free(fault);
    return effect;
}

// Ends the payload where the effect says so.
static void crash_if(const char *effect)
{
    if (effect == NULL || strcmp(effect, "crash") != 0) return;
    leave(".crashed", O_TRUNC);
    _exit(CRASH_EXIT_CODE);
}

static bool refuses(const char *effect) { return effect != NULL && strcmp(effect, "crash") != 0; }

bool write_counted(bool (*write)(void *), void *what)
{
    char *before = effect_due("before"), *after = effect_due("after");
    crash_if(before);
    bool written = !refuses(before) && !refuses(after) && write(what);
    leave(".writes", O_APPEND);
    crash_if(after);
    free(before);
    free(after);
    return written;
}
