// SPDX-License-Identifier: GPL-3.0-or-later
// The Local Security Authority's user rights, from [Privilege Rights] of security.inf.
// Source: learn.microsoft.com/windows/win32/api/ntsecapi; status codes: [MS-ERREF] 2.3.1.
#include "box.h"

#include <stdlib.h>
#include <strings.h>

#define STATUS_SUCCESS 0
#define STATUS_INVALID_HANDLE 0xC0000008u
#define STATUS_INVALID_PARAMETER 0xC000000Du
#define STATUS_ACCESS_DENIED 0xC0000022u
#define STATUS_OBJECT_NAME_NOT_FOUND 0xC0000034u
#define STATUS_SHARING_VIOLATION 0xC0000043u
#define STATUS_NO_SUCH_PRIVILEGE 0xC0000060u
#define STATUS_INVALID_SID 0xC0000078u
#define STATUS_NO_MORE_ENTRIES 0x8000001Au

#define SECTION "Privilege Rights"
static int policy; // its address is the handle

typedef struct
{
    uint16_t length, room; // bytes
    utf16 *text;
} lsa_string;

// Account rights and privileges: winnt.h SE_*_NAME, ntsecapi.h SE_*_LOGON_NAME.
static const char *const RIGHTS[] = {
    "SeAssignPrimaryTokenPrivilege", "SeAuditPrivilege", "SeBackupPrivilege", "SeBatchLogonRight", "SeChangeNotifyPrivilege",
    "SeCreateGlobalPrivilege", "SeCreatePagefilePrivilege", "SeCreatePermanentPrivilege", "SeCreateSymbolicLinkPrivilege",
    "SeCreateTokenPrivilege", "SeDebugPrivilege", "SeDelegateSessionUserImpersonatePrivilege", "SeDenyBatchLogonRight",
    "SeDenyInteractiveLogonRight", "SeDenyNetworkLogonRight", "SeDenyRemoteInteractiveLogonRight", "SeDenyServiceLogonRight",
    "SeEnableDelegationPrivilege", "SeImpersonatePrivilege", "SeIncreaseBasePriorityPrivilege", "SeIncreaseQuotaPrivilege",
    "SeIncreaseWorkingSetPrivilege", "SeInteractiveLogonRight", "SeLoadDriverPrivilege", "SeLockMemoryPrivilege",
    "SeMachineAccountPrivilege", "SeManageVolumePrivilege", "SeNetworkLogonRight", "SeProfileSingleProcessPrivilege",
    "SeRelabelPrivilege", "SeRemoteInteractiveLogonRight", "SeRemoteShutdownPrivilege", "SeRestorePrivilege", "SeSecurityPrivilege",
    "SeServiceLogonRight", "SeShutdownPrivilege", "SeSyncAgentPrivilege", "SeSystemEnvironmentPrivilege", "SeSystemProfilePrivilege",
    "SeSystemtimePrivilege", "SeTakeOwnershipPrivilege", "SeTcbPrivilege", "SeTimeZonePrivilege", "SeTrustedCredManAccessPrivilege",
    "SeUndockPrivilege",
};

// The right's name as Windows spells it; null where there is none of this name.
static const char *right_named(const lsa_string *name)
{
    char *text = utf8_of(name->text, name->length / 2);
    const char *found = NULL;
    for (size_t at = 0; at < sizeof RIGHTS / sizeof *RIGHTS; at++)
        if (strcasecmp(RIGHTS[at], text) == 0) found = RIGHTS[at];
    free(text);
    return found;
}

uint32_t LsaOpenPolicy(const lsa_string *system, const void *attributes, uint32_t access, void **handle)
{
    (void)attributes, (void)access;
    if (system != NULL && system->length != 0) return STATUS_INVALID_PARAMETER;
    *handle = &policy;
    return STATUS_SUCCESS;
}

uint32_t LsaClose(void *handle) { return handle == &policy ? STATUS_SUCCESS : STATUS_INVALID_HANDLE; }

uint32_t LsaFreeMemory(void *memory)
{
    free(memory);
    return STATUS_SUCCESS;
}

uint32_t LsaNtStatusToWinError(uint32_t status)
{
    static const struct { uint32_t status, error; } KNOWN[] = {
        {STATUS_SUCCESS, 0}, {STATUS_INVALID_HANDLE, 6}, {STATUS_INVALID_PARAMETER, 87}, {STATUS_ACCESS_DENIED, 5},
        {STATUS_OBJECT_NAME_NOT_FOUND, 2}, {STATUS_SHARING_VIOLATION, 32}, {STATUS_NO_SUCH_PRIVILEGE, 1313},
        {STATUS_INVALID_SID, 1337}, {STATUS_NO_MORE_ENTRIES, 259},
    };
    for (size_t at = 0; at < sizeof KNOWN / sizeof *KNOWN; at++)
        if (KNOWN[at].status == status) return KNOWN[at].error;
    return 317; // ERROR_MR_MID_NOT_FOUND
}

// An array of pointers to SIDs, the SIDs behind it in the same block.
static void *enumeration(const char *list, size_t count)
{
    void **array = calloc(count, sizeof(void *) + sizeof(sid));
    sid *at = (sid *)(array + count);
    char text[SID_TEXT];
    for (size_t index = 0; index < count; index++, at++)
    {
        list_item(list, index, text);
        sid_parse(text, at);
        array[index] = at;
    }
    return array;
}

uint32_t LsaEnumerateAccountsWithUserRight(void *handle, const lsa_string *name, void **buffer, uint32_t *count)
{
    *buffer = NULL;
    *count = 0;
    if (handle != &policy) return STATUS_INVALID_HANDLE;
    const char *right = name == NULL ? NULL : right_named(name);
    if (right == NULL) return STATUS_NO_SUCH_PRIVILEGE;
    char *file = box_file("security.inf");
    line *inf = lines_read(file);
    char *list = inf_get(inf, SECTION, right);
    *count = (uint32_t)list_count(list);
    if (*count > 0) *buffer = enumeration(list, *count);
    free(list);
    lines_free(inf);
    free(file);
    return *count > 0 ? STATUS_SUCCESS : STATUS_NO_MORE_ENTRIES;
}

typedef struct
{
    const char *account;
    const lsa_string *names;
    uint32_t count;
    bool add, all;
} change;

static line *changed(line *inf, const char *right, const change *what)
{
    char *list = inf_get(inf, SECTION, right), *made = NULL;
    bool held = list_has(list, what->account);
    if (what->add && !held) made = list_add(list, what->account);
    if (!what->add && held) made = list_remove(list, what->account);
    if (made != NULL) inf = inf_set(inf, SECTION, right, made[0] == 0 ? NULL : made);
    free(made);
    free(list);
    return inf;
}

static bool store(void *argument)
{
    const change *what = argument;
    char *file = box_file("security.inf");
    line *inf = lines_read(file);
    for (size_t at = 0; what->all && at < sizeof RIGHTS / sizeof *RIGHTS; at++) inf = changed(inf, RIGHTS[at], what);
    for (uint32_t at = 0; !what->all && at < what->count; at++) inf = changed(inf, right_named(&what->names[at]), what);
    bool written = lines_write(file, inf);
    lines_free(inf);
    free(file);
    return written;
}

// An account object exists in the policy as long as the account holds any right.
static bool has_any_right(const char *account)
{
    char *file = box_file("security.inf");
    line *inf = lines_read(file);
    bool found = false;
    for (size_t at = 0; at < sizeof RIGHTS / sizeof *RIGHTS && !found; at++)
    {
        char *list = inf_get(inf, SECTION, RIGHTS[at]);
        found = list_has(list, account);
        free(list);
    }
    lines_free(inf);
    free(file);
    return found;
}

static uint32_t apply(void *handle, const sid *account, change *what)
{
    char text[SID_TEXT];
    if (handle != &policy) return STATUS_INVALID_HANDLE;
    if (account == NULL || account->revision != 1) return STATUS_INVALID_SID;
    for (uint32_t at = 0; !what->all && at < what->count; at++)
        if (right_named(&what->names[at]) == NULL) return STATUS_NO_SUCH_PRIVILEGE;
    sid_text(account, text);
    what->account = text;
    if (!what->add && !has_any_right(text)) return STATUS_OBJECT_NAME_NOT_FOUND;
    return write_counted(store, what) ? STATUS_SUCCESS : STATUS_SHARING_VIOLATION;
}

uint32_t LsaAddAccountRights(void *handle, const sid *account, const lsa_string *names, uint32_t count)
{
    change what = {.names = names, .count = count, .add = true};
    return apply(handle, account, &what);
}

uint32_t LsaRemoveAccountRights(void *handle, const sid *account, uint8_t all, const lsa_string *names, uint32_t count)
{
    change what = {.names = names, .count = count, .all = all != 0};
    return apply(handle, account, &what);
}
