// swapgs. SDM Vol. 2B 4.3 "SWAPGS—Swap GS Base Register".
#include <fmt/format.h>

#include <utility>

#include "base/text.hpp"
#include "common_steps.hpp"
#include "lists.hpp"

namespace ring::x86_64 {
namespace {
Outcome check_mode(Context& context) {
    if (context.cpu.code64()) return Outcome::Next;
    return context.raise(UD, Reason::NotCode64);
}

Outcome swap(Context& context) {
    Cpu& cpu = context.cpu;
    std::swap(cpu.segment[GS].base, cpu.kernel_gs_base);
    context.note([&] {
        return fmt::format("GS.base = {}, KERNEL_GS_BASE = {}", text::hex(cpu.segment[GS].base),
                           text::hex(cpu.kernel_gs_base));
    });
    return Outcome::Done;
}

using enum arch::Kind;
constexpr Step steps[] = {
    {Check, "64-bit mode", "SDM Vol. 2B SWAPGS: else #UD", {Reg::cs_attributes, Reg::efer}, {}, check_mode},
    check_ring0_step,
    {Write,
     "GS.base <-> KERNEL_GS_BASE",
     "SDM Vol. 2B SWAPGS, Operation",
     {Reg::gs_base, Reg::kernel_gs_base},
     {Reg::gs_base, Reg::kernel_gs_base},
     swap},
};
}  // namespace

const List swapgs{"swapgs",
                  "the kernel's GS base for the user's, or back",
                  {"SDM Vol. 2B", "4.3", "SWAPGS—Swap GS Base Register"},
                  steps};
}  // namespace ring::x86_64
