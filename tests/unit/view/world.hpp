// A small world for views: a FakeTarget in ring 3 with page tables, a GDT, a stack and some code.
//
//   virtual 0x400000  user code, read and execute      physical 0x5000
//   virtual 0x401000  user data, read and write, no X  physical 0x6000
//   virtual 0x402000  user page, read-only             physical 0x7000
//   virtual 0x0       2 MiB of kernel, identity        physical 0x0
#pragma once
#include <string>

#include "arch/x86_64/layouts.hpp"
#include "base/text.hpp"
#include "fake_target.hpp"

namespace ring::test {

inline constexpr VirtAddr user_code{0x400000}, user_data{0x401000}, user_read_only{0x402000};

struct World {
    FakeTarget target;
    arch::RegisterFile before;

    World() {
        using namespace x86_64;
        const u64 table = pte::P.mask() | pte::W.mask() | pte::U.mask();
        target.put_word(PhysAddr{0x1000}, 0x2000 | table);
        target.put_word(PhysAddr{0x2000}, 0x3000 | table);
        target.put_word(PhysAddr{0x3000}, 0x0 | pte::P.mask() | pte::W.mask() | pte::PS.mask());
        target.put_word(PhysAddr{0x3010}, 0x4000 | table);
        target.put_word(PhysAddr{0x4000}, 0x5000 | pte::P.mask() | pte::U.mask() | pte::A.mask());
        target.put_word(PhysAddr{0x4008}, 0x6000 | table | pte::XD.mask());
        target.put_word(PhysAddr{0x4010}, 0x7000 | pte::P.mask() | pte::U.mask() | pte::XD.mask());
        target.put_word(PhysAddr{0x8008}, 0x00af9b000000ffff);  // kernel code
        target.put_word(PhysAddr{0x8010}, 0x00cf93000000ffff);  // kernel data
        target.put_word(PhysAddr{0x8018}, 0x00cff3000000ffff);  // user data
        target.put_word(PhysAddr{0x8020}, 0x00affb000000ffff);  // user code
        target.at("CR0") = cr0::PG.mask() | cr0::WP.mask() | cr0::NE.mask() | cr0::ET.mask() | cr0::PE.mask();
        target.at("CR3") = 0x1000;
        target.at("CR4") = cr4::PAE.mask();
        target.at("EFER") = efer::SCE.mask() | efer::LME.mask() | efer::LMA.mask() | efer::NXE.mask();
        target.at("STAR") = 0x0010000800000000;
        target.at("LSTAR") = 0x2000;
        target.at("cs") = 0x23;
        target.at("cs.limit") = 0xffffffff;
        target.at("cs.attributes") = 0xa0fb;
        target.at("ss") = 0x1b;
        target.at("ss.limit") = 0xffffffff;
        target.at("ss.attributes") = 0xc0f3;
        target.at("gdtr.base") = 0x8000;
        target.at("gdtr.limit") = 0x27;
        target.at("cpl") = 3;
        target.at("rip") = user_code.value + 4;
        target.at("rsp") = user_data.value + 0xfe0;
        target.at("rbp") = user_data.value + 0xff0;
        target.at("rflags") = 0x202;
        // push rbp; mov rbp, rsp; syscall; jmp to the syscall; int3
        const u8 code[] = {0x55, 0x48, 0x89, 0xe5, 0x0f, 0x05, 0xeb, 0xfc, 0xcc};
        target.put(PhysAddr{0x5000}, code);
        target.put_word(PhysAddr{0x6fe8}, user_code.value + 6);
        target.state.steps = 1284;
        before = target.registers();
    }
    target::Snapshot snapshot() { return target::take_snapshot(target, before); }
};

inline std::string names(VirtAddr at) {
    if (at < user_code || at.value >= user_code.value + 0x10) return "";
    if (at == user_code) return "user_main";
    return "user_main+" + text::hex(at.value - user_code.value);
}
}  // namespace ring::test
