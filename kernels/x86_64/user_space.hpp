// The lower half of the address space: the pages of the one program, and the kernel's careful way to read and write
// them. The rule: a user page is made and changed here only; a user pointer is used only after user_can said yes.
#pragma once
#include "types.hpp"

// Gives the program a page at `address` with these permissions (pte::W, pte::NX). A page that is there already keeps
// its frame and gets the union: writable if either asked for it, executable if either did. Returns the page's bytes in
// the direct map, null when memory is used up.
extern "C" u8* map_user_page(u64 address, u64 permissions);

void unmap_user_page(u64 address);
// Replaces the permissions of a page: pte::U, pte::W, pte::NX. False: there is no such page.
extern "C" bool protect_user_page(u64 address, u64 permissions);

// The page's table entry, null when the page is not present.
u64* user_page_entry(u64 address);

enum class Access { read, write };

// May ring 3 itself do this access to [address, address + size)?
extern "C" bool user_can(u64 address, u64 size, Access access);

// A fault at `address` just below the stack's pages: maps the page and says true.
extern "C" bool grow_user_stack(u64 address, u64 error_code);
