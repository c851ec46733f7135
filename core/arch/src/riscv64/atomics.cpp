// lr and sc. Unprivileged 8.2 "Load-Reserved/Store-Conditional Instructions". The reservation covers the bytes that lr
// read, by physical address; sc succeeds only with the same bytes, and always ends the reservation. An sc without a
// reservation fails without an access, so it cannot fault. Only misalignment is checked first, for both (8.2).
#include <fmt/format.h>

#include "base/text.hpp"
#include "riscv64/lists.hpp"

namespace ring::riscv64 {
namespace {
template <unsigned size, Exception misaligned>
Outcome check_aligned(Context& context) {
    const u64 address = context.cpu.x[context.instruction.rs1];
    context.note([&] { return fmt::format("{}, {} bytes", text::hex(address), size); });
    if (address % size == 0) return Outcome::Next;
    return context.raise(misaligned, address, Reason::AtomicMisaligned, address, size);
}

template <unsigned size>
Outcome load_and_reserve(Context& context) {
    Cpu& cpu = context.cpu;
    u64 value = 0;
    if (!load(context, VirtAddr{cpu.x[context.instruction.rs1]}, size, value, "reserved")) return Outcome::Fault;
    if constexpr (size == 4) value = static_cast<u64>(static_cast<i64>(static_cast<i32>(value)));
    context.scratch.value = value;
    cpu.reservation = {true, context.walk.physical.value, size};
    context.note([&] { return fmt::format("{} at {}", text::hex(value), text::hex(cpu.reservation.address)); });
    return Outcome::Next;
}

Outcome write_loaded(Context& context) {
    const u8 rd = context.instruction.rd;
    if (rd) context.cpu.x[rd] = context.scratch.value;
    context.note([&] { return fmt::format("{} <- {}", register_name(rd), text::hex(context.scratch.value)); });
    return Outcome::Done;
}

// scratch.value: 0 when the store may go on, 1 when it fails, as rd will have it.
template <unsigned size>
Outcome check_reservation(Context& context) {
    const Cpu& cpu = context.cpu;
    const Reservation& held = cpu.reservation;
    context.scratch.value = 1;
    if (held.valid) {
        const VirtAddr address{cpu.x[context.instruction.rs1]};
        if (!translate(context, address, size, Access::Write)) return Outcome::Fault;
        if (held.address == context.walk.physical.value && held.size == size) context.scratch.value = 0;
    }
    context.note([&] {
        if (!held.valid) return std::string("there is none: the store will not happen");
        return fmt::format("of {}, {} bytes: {}", text::hex(held.address), held.size,
                           context.scratch.value ? "another place, the store will not happen" : "this place");
    });
    return Outcome::Next;
}

template <unsigned size>
Outcome store_if_reserved(Context& context) {
    Cpu& cpu = context.cpu;
    if (context.scratch.value == 0) {
        const u64 value = cpu.x[context.instruction.rs2];
        if (!store(context, VirtAddr{cpu.x[context.instruction.rs1]}, size, value, "store-conditional"))
            return Outcome::Fault;
    }
    context.note([&] { return std::string(context.scratch.value ? "nothing is stored" : "stored"); });
    return Outcome::Next;
}

Outcome end_reservation(Context& context) {
    context.cpu.reservation = {};
    return Outcome::Next;
}

using enum arch::Kind;
constexpr std::string_view rule = "Unprivileged 8.2 Load-Reserved/Store-Conditional Instructions";
constexpr std::string_view alignment_rule =
    "Unprivileged 8.2 Load-Reserved/Store-Conditional Instructions: else an address-misaligned exception";

template <unsigned size>
constexpr Step lr_steps[] = {
    {Check,
     "the address in rs1 is a multiple of the size",
     alignment_rule,
     {},
     {},
     check_aligned<size, LoadMisaligned>},
    {Write, "load, and reserve the bytes", rule, {}, {Reg::reservation}, load_and_reserve<size>},
    {Write, "rd <- what was loaded", rule, {}, {}, write_loaded},
};
template <unsigned size>
constexpr Step sc_steps[] = {
    {Check,
     "the address in rs1 is a multiple of the size",
     alignment_rule,
     {},
     {},
     check_aligned<size, StoreMisaligned>},
    {Read, "is the reservation of these bytes?", rule, {Reg::reservation}, {}, check_reservation<size>},
    {Write, "with the reservation, store rs2", rule, {}, {}, store_if_reserved<size>},
    {Write, "the reservation ends", rule, {}, {Reg::reservation}, end_reservation},
    {Write, "rd <- 0 when stored, else 1", rule, {}, {}, write_loaded},
};
const arch::Citation citation{"Unprivileged", "8.2", "Load-Reserved/Store-Conditional Instructions"};
}  // namespace

const List lr_w{"lr.w", "load 4 bytes and reserve them", citation, lr_steps<4>};
const List lr_d{"lr.d", "load 8 bytes and reserve them", citation, lr_steps<8>};
const List sc_w{"sc.w", "store 4 bytes if they are still reserved", citation, sc_steps<4>};
const List sc_d{"sc.d", "store 8 bytes if they are still reserved", citation, sc_steps<8>};
}  // namespace ring::riscv64
