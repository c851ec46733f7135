// The mistakes that happen once, at boot, and lie in no other file's way.
#pragma once

// Those that M-mode has to make, and the kernel's look into M-mode's memory.
void make_boot_mistake();
