// Names for the widths that hardware speaks in. <stdint.h> is the compiler's own header: the only kind there is when
// there is no operating system below.
#pragma once
#include <stddef.h>
#include <stdint.h>

using u8 = uint8_t;
using u16 = uint16_t;
using u32 = uint32_t;
using u64 = uint64_t;
using i64 = int64_t;
