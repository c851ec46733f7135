// One step up the call stack, by the rules that the compiler wrote down (DWARF 5, 6.4 "Call Frame Information").
// libdw reads the rules; what they compute is computed here, with a stack and a number of operations that are bounded.
#include <cstdlib>

#include "base/text.hpp"
#include "symbols_library.hpp"

namespace ring::elf {
namespace {
constexpr std::size_t most_operations = 256, deepest = 64;
constexpr std::size_t most_registers = 1024;

// A DWARF expression over registers and memory (DWARF 5, 2.5 "DWARF Expressions"), as call frame information uses it.
class Expression {
  public:
    Expression(const Frame& frame, const FrameMemory& memory, std::optional<u64> cfa)
        : frame_(frame), memory_(memory), cfa_(cfa) {}

    // Where the value is, or the value itself when `is_value`. Errors: what is not known or not understood.
    Result<u64> run(const Dwarf_Op* operations, std::size_t count) {
        if (count > most_operations) return error("its rule has {} operations", count);
        for (std::size_t i = 0; i < count; ++i)
            if (Status s = one(operations[i]); !s) return s.error();
        if (stack_.empty()) return error("its rule gives no value");
        return stack_.back();
    }
    bool is_value = false;

  private:
    Status push(u64 value) {
        if (stack_.size() == deepest) return error("its rule is too deep");
        stack_.push_back(value);
        return Ok{};
    }
    Status push_register(u64 number, u64 offset) {
        const std::optional<u64> value = frame_.get(number);
        if (!value) return error("it depends on register {} (by DWARF), which is not known here", number);
        return push(*value + offset);
    }
    Status load(unsigned size) {
        if (stack_.empty() || size == 0 || size > 8) return error("its rule is not understood");
        const std::optional<u64> value = memory_(VirtAddr{stack_.back()}, size);
        if (!value) return error("{} is not mapped", text::hex(stack_.back()));
        stack_.back() = *value;
        return Ok{};
    }
    Status two(u8 atom) {
        if (stack_.size() < 2) return error("its rule is not understood");
        const u64 right = stack_.back();
        stack_.pop_back();
        u64& left = stack_.back();
        const auto is = [](u64 a) { return static_cast<i64>(a); };
        switch (atom) {
            case DW_OP_plus:
                left += right;
                break;
            case DW_OP_minus:
                left -= right;
                break;
            case DW_OP_and:
                left &= right;
                break;
            case DW_OP_or:
                left |= right;
                break;
            case DW_OP_mul:
                left *= right;
                break;
            case DW_OP_shl:
                left = right < 64 ? left << right : 0;
                break;
            case DW_OP_shr:
                left = right < 64 ? left >> right : 0;
                break;
            case DW_OP_ge:
                left = is(left) >= is(right);
                break;
            case DW_OP_gt:
                left = is(left) > is(right);
                break;
            case DW_OP_le:
                left = is(left) <= is(right);
                break;
            case DW_OP_lt:
                left = is(left) < is(right);
                break;
            case DW_OP_eq:
                left = left == right;
                break;
            case DW_OP_ne:
                left = left != right;
                break;
            default:
                return error("its rule has operation {}, which is not understood", text::hex(u64{atom}));
        }
        return Ok{};
    }
    Status one(const Dwarf_Op& operation) {
        const u8 atom = operation.atom;
        const u64 number = operation.number;
        if (atom >= DW_OP_breg0 && atom <= DW_OP_breg31) return push_register(u64{atom} - DW_OP_breg0, number);
        if (atom >= DW_OP_lit0 && atom <= DW_OP_lit31) return push(u64{atom} - DW_OP_lit0);
        if (atom >= DW_OP_reg0 && atom <= DW_OP_reg31) {
            is_value = true;
            return push_register(u64{atom} - DW_OP_reg0, 0);
        }
        switch (atom) {
            case DW_OP_nop:
                return Ok{};
            case DW_OP_bregx:
                return push_register(number, operation.number2);
            case DW_OP_regx:
                is_value = true;
                return push_register(number, 0);
            case DW_OP_call_frame_cfa:
                if (!cfa_) return error("its rule is not understood");
                return push(*cfa_);
            case DW_OP_stack_value:
                is_value = true;
                return Ok{};
            case DW_OP_plus_uconst:
                if (stack_.empty()) return error("its rule is not understood");
                stack_.back() += number;
                return Ok{};
            case DW_OP_deref:
                return load(8);
            case DW_OP_deref_size:
                return load(static_cast<unsigned>(std::min<u64>(number, 9)));
            case DW_OP_dup:
                if (stack_.empty()) return error("its rule is not understood");
                return push(stack_.back());
            case DW_OP_const1u:
            case DW_OP_const1s:
            case DW_OP_const2u:
            case DW_OP_const2s:
            case DW_OP_const4u:
            case DW_OP_const4s:
            case DW_OP_const8u:
            case DW_OP_const8s:
            case DW_OP_constu:
            case DW_OP_consts:
            case DW_OP_addr:
                return push(number);
            default:
                return two(atom);
        }
    }

    const Frame& frame_;
    const FrameMemory& memory_;
    std::optional<u64> cfa_;
    std::vector<u64> stack_;
};

// The value of a register in the caller; absent when it is not saved. `found`: where in memory.
Result<std::optional<u64>> restored(Dwarf_Frame* rules, int number, const Frame& frame, const FrameMemory& memory,
                                    u64 cfa, std::optional<VirtAddr>& found) {
    Dwarf_Op room[3];
    Dwarf_Op* operations = nullptr;
    std::size_t count = 0;
    if (dwarf_frame_register(rules, number, room, &operations, &count) != 0) return error("{}", dwarf_errmsg(-1));
    if (count == 0 && operations == nullptr) return frame.get(static_cast<u64>(number));  // the same value
    if (count == 0) return std::optional<u64>();                                          // undefined
    Expression expression(frame, memory, cfa);
    Result<u64> place = expression.run(operations, count);
    if (!place) return place.error();
    if (expression.is_value) return std::optional<u64>(*place);
    const std::optional<u64> value = memory(VirtAddr{*place}, 8);
    if (!value) return error("{} is not mapped", text::hex(*place));
    found = VirtAddr{*place};
    return value;
}

// A call leaves the caller's stack pointer at the CFA. Rules that fetch it from elsewhere are those of a frame that was
// made by no call; a .debug_frame section seldom says so otherwise, since some assemblers keep the mark of a signal
// frame for .eh_frame alone.
bool fetches(Dwarf_Frame* rules, std::optional<u64> stack_pointer) {
    Dwarf_Op room[3];
    Dwarf_Op* operations = nullptr;
    std::size_t count = 0;
    if (!stack_pointer || dwarf_frame_register(rules, static_cast<int>(*stack_pointer), room, &operations, &count) != 0)
        return false;
    if (count == 0) return operations == nullptr;  // the same value; otherwise it is lost
    return operations[0].atom != DW_OP_call_frame_cfa || operations[count - 1].atom != DW_OP_stack_value;
}

Result<Caller> follow(Dwarf_Frame* rules, const Frame& frame, const FrameMemory& memory) {
    Caller out;
    const int return_address = dwarf_frame_info(rules, nullptr, nullptr, &out.interrupted);
    Dwarf_Op* operations = nullptr;
    std::size_t count = 0;
    if (return_address < 0 || dwarf_frame_cfa(rules, &operations, &count) != 0) return error("{}", dwarf_errmsg(-1));
    out.interrupted = out.interrupted || fetches(rules, frame.stack_pointer);
    out.frame.stack_pointer = frame.stack_pointer;
    Expression expression(frame, memory, std::nullopt);
    Result<u64> cfa = expression.run(operations, count);
    if (!cfa) return cfa.error();
    out.cfa = *cfa;
    out.frame.registers.resize(std::min(frame.registers.size(), most_registers));
    for (std::size_t i = 0; i < out.frame.registers.size(); ++i) {
        // A register that cannot be restored is not known in the caller; only the return address must be.
        std::optional<VirtAddr> place;
        const Result<std::optional<u64>> value = restored(rules, static_cast<int>(i), frame, memory, *cfa, place);
        if (value) out.frame.registers[i] = *value;
        if (place) out.saved.emplace_back(i, *place);
    }
    const Result<std::optional<u64>> pc = restored(rules, return_address, frame, memory, *cfa, out.saved_pc);
    if (!pc) return pc.error();
    out.pc = *pc;
    return out;
}
}  // namespace

std::optional<Result<Caller>> Symbols::caller(VirtAddr at, const Frame& frame, const FrameMemory& memory) const {
    for (const bool debug : {true, false}) {
        Dwarf_Addr bias = 0;
        Dwarf_CFI* const information = debug ? library_->debug_frame(bias) : library_->eh_frame(bias);
        Dwarf_Frame* rules = nullptr;
        if (!information || dwarf_cfi_addrframe(information, at.value - bias_ - bias, &rules) != 0) continue;
        const std::unique_ptr<Dwarf_Frame, decltype(&std::free)> owner(rules, &std::free);
        return follow(rules, frame, memory);
    }
    return std::nullopt;
}
}  // namespace ring::elf
