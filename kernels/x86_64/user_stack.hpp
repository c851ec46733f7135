// The program's first stack: what _start finds at rsp. System V ABI AMD64, 3.4.1 "Initial Stack and Register State".
//
//   rsp -> argc | argv[0] ... argv[argc-1] | 0 | (no environment) 0 | auxiliary vector ... AT_NULL | strings
#pragma once
#include "elf_load.hpp"
#include "types.hpp"

extern "C" u64 build_user_stack(const Program& program);  // returns rsp
