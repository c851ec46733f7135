// A machine for the tests of the session: three instructions of x86-64, as a target that does what it is told.
#pragma once
#include <memory>

#include "fake_target.hpp"
#include "session/session.hpp"

namespace ring::test {
inline constexpr u64 code_start = 0x1000, stack_start = 0x8000;

// nop 90, call e8 rel32, ret c3; anything else ends the machine with the code in al.
inline void tiny_step(FakeTarget& self) {
    u64& pc = self.at("rip");
    u64& sp = self.at("rsp");
    const auto word = [&](u64 at, unsigned size) {
        u64 value = 0;
        for (unsigned i = size; i-- > 0;) value = value << 8 | self.state.ram[at + i];
        return value;
    };
    switch (self.state.ram[pc]) {
        case 0x90:
            ++pc;
            return;
        case 0xe8:
            sp -= 8;
            self.put_word(PhysAddr{sp}, pc + 5);
            pc += 5 + static_cast<u64>(static_cast<i64>(static_cast<i32>(word(pc + 1, 4))));
            return;
        case 0xc3:
            pc = word(sp, 8);
            sp += 8;
            return;
        default:
            self.state.stop = {
                target::StopKind::Exited, "the guest ended the machine", static_cast<u32>(self.at("rax")), {}};
    }
}

struct Tiny {
    FakeTarget* target;
    std::unique_ptr<session::Session> session;
};

// Code at 0x1000 in 64-bit mode, paging off.
inline Tiny tiny(std::initializer_list<u8> code) {
    auto target = std::make_unique<FakeTarget>();
    target->put(PhysAddr{code_start}, Bytes(code));
    target->at("rip") = code_start;
    target->at("rsp") = stack_start;
    target->at("efer") = 0x500;
    target->at("cs.attributes") = 0xa09b;
    target->on_step = tiny_step;
    FakeTarget* const raw = target.get();
    return {raw, std::make_unique<session::Session>(std::move(target), session::SymbolBook())};
}

inline std::string said(session::Session& session, std::string_view line) {
    const Result<lesson::Answer> answer = session.execute(line);
    return answer ? answer->text : "! " + answer.error().sentence();
}
}  // namespace ring::test
