// The error numbers that Linux programs expect, which every architecture shares. A system call answers -number.
#pragma once
#include "types.hpp"

inline constexpr i64 EPERM = 1, ENOENT = 2, EBADF = 9, ENOMEM = 12, EFAULT = 14, EBUSY = 16, EEXIST = 17, ENOTDIR = 20,
                     EISDIR = 21, EINVAL = 22, ENOTTY = 25, ENOSPC = 28, ENAMETOOLONG = 36, ENOSYS = 38, ENOTEMPTY = 39;
