// The first files: a tar archive that the loader put into memory. POSIX.1-1988 "ustar": blocks of 512 bytes, a header
// for each member with its numbers in octal, and then its contents. Make one with: tar --format=ustar -cf FILE.tar -C
// FOLDER .
#pragma once
#include "types.hpp"

extern "C" void read_initrd_files();
