// The error numbers that Linux programs expect, which every architecture shares. A system call answers -number.
#pragma once
#include "types.hpp"

inline constexpr i64 EPERM = 1, EBADF = 9, ENOMEM = 12, EFAULT = 14, EINVAL = 22, ENOTTY = 25, ENOSYS = 38;
