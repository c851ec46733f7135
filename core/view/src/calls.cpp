#include "view/calls.hpp"

#include <fmt/format.h>

#include <utility>

#include "arch/code_flow.hpp"
#include "base/text.hpp"
#include "code_kind.hpp"
#include "columns.hpp"
#include "to_json.hpp"

namespace ring::view {
namespace {
constexpr u64 furthest_start = 64 * 1024;  // a function's start further away than this is not decoded from

// One way up, and what it needs to remember.
class Walker {
  public:
    Walker(const target::Snapshot& snapshot, const CallSources& sources, std::size_t most)
        : snapshot_(snapshot),
          arch_(*snapshot.arch),
          sources_(sources),
          chain_(arch::frame_chain(arch_)),
          disassembler_(kind_of(arch_.instructions(snapshot.registers))),
          memory_([this](VirtAddr at, unsigned size) { return word(at, size); }) {
        if (!chain_) {
            out.end = "how frames are chained on this architecture is not known";
            return;
        }
        for (const arch::RegisterId id : chain_->dwarf) frame_.registers.push_back(snapshot.registers.get(id));
        for (const arch::FrameChain::Numbered& one : chain_->beyond) {
            if (one.number >= frame_.registers.size()) frame_.registers.resize(one.number + 1);
            frame_.registers[one.number] = snapshot.registers.get(one.id);
        }
        for (std::size_t i = 0; i < chain_->dwarf.size(); ++i) {
            if (chain_->dwarf[i] == arch_.sp) sp_ = i;
            if (chain_->dwarf[i] == chain_->pointer) fp_ = i;
            if (chain_->link && chain_->dwarf[i] == *chain_->link) link_ = i;
        }
        frame_.stack_pointer = sp_;
        pc_ = snapshot.pc();
        climb(most);
    }
    Calls out;

  private:
    std::optional<u64> word(VirtAddr at, unsigned size) const {
        const std::optional<Bytes> raw = snapshot_.read(at, size);
        if (!raw) return std::nullopt;
        u64 value = 0;
        for (std::size_t i = raw->size(); i-- > 0;) value = value << 8 | (*raw)[i];
        return value;
    }
    std::string named(VirtAddr at) const {
        const std::string name = symbol(sources_.symbol, at);
        return name.empty() ? text::hex(at) : fmt::format("{} ({})", text::hex(at), name);
    }

    // Behind a call the next instruction may be another line's or another function's; the call itself is before it.
    VirtAddr inside() const { return {pc_.value - (first_ || interrupted_ || pc_.value == 0 ? 0 : 1)}; }

    void put_rows(FoundBy rule) {
        CallRow row;
        row.number = number_++;
        row.at = pc_;
        row.rule = rule;
        row.interrupted = interrupted_;
        row.sp = frame_.get(sp_);
        row.saved = std::exchange(saved_, {});
        const VirtAddr at = inside();
        if (sources_.source)
            if (const auto place = sources_.source(at)) row.place = *place;
        for (const elf::InlinedCall& one : sources_.inlined ? sources_.inlined(at) : std::vector<elf::InlinedCall>()) {
            CallRow inner = row;
            inner.saved.clear();
            inner.function = text::printable(one.function);
            inner.rule = FoundBy::Inlined;
            out.rows.push_back(std::move(inner));
            row.place = {text::printable(one.call.file), one.call.line};
        }
        row.function = symbol(sources_.symbol, at);
        if (!row.function.empty() && at != pc_) row.function = symbol_with_offset(row.function);
        out.rows.push_back(std::move(row));
    }
    // "main+0x11" is the call's last byte; the reader looks for the return address, "main+0x12".
    std::string symbol_with_offset(const std::string& label) const {
        const std::optional<VirtAddr> start = symbol_start(sources_.symbol, inside());
        if (!start) return label;
        const std::size_t plus = label.rfind("+0x");
        return fmt::format("{}+{}", label.substr(0, plus), text::hex(pc_.value - start->value));
    }

    void climb(std::size_t most) {
        put_rows(FoundBy::ProgramCounter);
        while (out.end.empty()) {
            if (out.rows.size() >= most) {
                out.end = fmt::format("{} frames are shown; there are more", out.rows.size());
                return;
            }
            const std::optional<FoundBy> rule = up();
            if (!rule) return;
            first_ = false;
            put_rows(*rule);
        }
    }

    bool ends(std::string why) {
        out.end = std::move(why);
        return false;
    }

    // Accepts the caller only when the stack has really been climbed and its code can be read. What was interrupted may
    // have had any stack, and may have been interrupted because there is no code.
    bool accept(elf::Frame frame, u64 sp, u64 pc, bool interrupted) {
        const std::optional<u64> old = frame_.get(sp_);
        // Where a call leaves the stack as it is, so may the function. Only the innermost one can, or the one that was
        // interrupted: the others have saved their return address.
        const bool may_stay = chain_->link && (first_ || interrupted_);
        if (old && !interrupted && (may_stay ? sp < *old : sp <= *old))
            return ends(
                fmt::format("the frame of {} would lie at {}, which is not above the present one: the stack "
                            "was overwritten, or is not set up yet",
                            named(pc_), text::hex(sp)));
        if (!interrupted && pc == 0)
            return ends(fmt::format("the return address of {} is 0: nobody called it", named(pc_)));
        if (!interrupted && !snapshot_.read(VirtAddr{pc}, 1))
            return ends(
                fmt::format("the return address of {} is {}, where nothing is mapped", named(pc_), text::hex(pc)));
        frame.registers[sp_] = sp;
        frame.stack_pointer = sp_;
        frame_ = std::move(frame);
        pc_ = VirtAddr{pc};
        interrupted_ = interrupted;
        return true;
    }

    std::optional<FoundBy> up() {
        if (interrupted_ && !snapshot_.read(pc_, 1)) {
            ends(fmt::format("nothing is mapped at {}, where it was interrupted", text::hex(pc_)));
            return std::nullopt;
        }
        if (const std::optional<bool> returned = up_by_return())
            return *returned ? std::optional(FoundBy::Return) : std::nullopt;
        if (sources_.caller)
            if (std::optional<Result<elf::Caller>> found = sources_.caller(inside(), frame_, memory_)) {
                const Result<elf::Caller>& caller = *found;
                if (!caller) {
                    ends(fmt::format("the call frame information of {} cannot be followed: {}", named(pc_),
                                     text::printable(caller.error().sentence())));
                    return std::nullopt;
                }
                if (!caller->pc) {
                    ends(fmt::format("{} is the outermost frame, as its call frame information says", named(pc_)));
                    return std::nullopt;
                }
                const u64 sp = caller->frame.get(sp_).value_or(caller->cfa);
                if (!accept(caller->frame, sp, *caller->pc, caller->interrupted)) return std::nullopt;
                if (caller->interrupted) note_saved(*caller);
                return FoundBy::Cfi;
            }
        return up_by_frame_pointer() ? std::optional(FoundBy::FramePointer) : std::nullopt;
    }

    // A function's end only loads what it saved, gives the stack back, and returns; what that leads to is known
    // exactly. Some compilers' call frame information says nothing about it, and is wrong there. Absent: this is no
    // such end.
    std::optional<bool> up_by_return() {
        constexpr unsigned most_instructions = 40;
        if (!chain_->undo || !(first_ || interrupted_)) return std::nullopt;
        elf::Frame frame = frame_;
        std::optional<u64> sp = frame.get(sp_);
        VirtAddr at = pc_;
        for (unsigned i = 0; sp && i < most_instructions; ++i) {
            const CodeLine line = line_at(at);
            const std::optional<arch::FrameChain::Undo> one = chain_->undo(line.mnemonic, line.operands);
            if (!one || line.bytes.empty()) return std::nullopt;
            if (one->returns) {
                const std::optional<u64> back = frame.get(link_);
                if (!back) return std::nullopt;
                return accept(std::move(frame), *sp, *back, false);
            }
            const u64 place = *sp + static_cast<u64>(one->distance);
            if (!one->loaded)
                sp = place;
            else
                frame.registers[static_cast<std::size_t>(std::ranges::find(chain_->dwarf, *one->loaded) -
                                                         chain_->dwarf.begin())] = word(VirtAddr{place}, 8);
            at.value += line.bytes.size();
        }
        return std::nullopt;
    }

    void note_saved(const elf::Caller& caller) {
        for (const auto& [number, at] : caller.saved)
            if (number < chain_->dwarf.size() && chain_->dwarf[number] < arch_.registers.size())
                saved_.push_back({at, std::string(arch_.registers[chain_->dwarf[number]].name)});
        if (caller.saved_pc) saved_.push_back({*caller.saved_pc, std::string(arch_.registers[arch_.pc].name)});
    }

    bool up_by_frame_pointer() {
        const std::string none = fmt::format("{} has no call frame information", named(pc_));
        const std::optional<VirtAddr> start = symbol_start(sources_.symbol, inside());
        const std::string pointer(arch_.registers[chain_->pointer].name);
        if (!start) return ends(none + ", and where its function starts is not known");
        if (!sets_pointer(*start, inside()))
            return ends(fmt::format("{}, and has not set up {} as a frame pointer here", none, pointer));
        const std::optional<u64> base = frame_.get(fp_);
        if (!base) return ends(fmt::format("{}, and {} is not known in this frame", none, pointer));
        const auto at = [&](i64 distance) { return VirtAddr{*base + static_cast<u64>(distance)}; };
        const std::optional<u64> saved = word(at(chain_->saved_pointer), 8), back = word(at(chain_->return_address), 8);
        if (!saved || !back) return ends(fmt::format("{}, and {} is not mapped", none, text::hex(at(0))));
        if (*back != 0 && !follows_a_call(VirtAddr{*back}))
            return ends(fmt::format("{}, and the word above the saved {} is {}, which does not follow a call", none,
                                    pointer, text::hex(*back)));
        elf::Frame frame;
        frame.registers.resize(frame_.registers.size());
        frame.registers[fp_] = *saved;
        return accept(std::move(frame), at(chain_->caller_sp).value, *back, false);
    }

    // Has the function that starts at `start` put the stack pointer into the frame pointer before `at`?
    bool sets_pointer(VirtAddr start, VirtAddr at) const {
        if (at.value - start.value > furthest_start) return false;
        const Bytes bytes = readable(snapshot_, start, at);
        if (bytes.empty()) return false;
        const std::string wanted =
            fmt::format("{}, {}", arch_.registers[chain_->pointer].name, arch_.registers[arch_.sp].name);
        bool set_up = false;
        for (const CodeLine& line : disassembler_.lines(start, bytes)) {
            if ((line.mnemonic == "mov" && line.operands == wanted) ||
                (line.mnemonic == "addi" && line.operands.starts_with(wanted + ',')))
                set_up = true;
        }
        // Behind `leave` or the pop that undoes it, the pointer is the caller's again; then a return follows at once.
        const CodeLine next = line_at(pc_);
        return set_up && !next.mnemonic.starts_with("ret");
    }
    CodeLine line_at(VirtAddr at) const {
        const Bytes bytes = readable(snapshot_, at, VirtAddr{at.value + 15});
        return bytes.empty() ? CodeLine{} : disassembler_.line(at, bytes);
    }
    bool follows_a_call(VirtAddr at) const {
        for (u64 size = 2; size <= 7 && size <= at.value; ++size) {
            const VirtAddr from{at.value - size};
            const Bytes bytes = readable(snapshot_, from, at);
            if (bytes.size() != size) continue;
            const CodeLine line = disassembler_.line(from, bytes);
            if (line.is_instruction && line.bytes.size() == size &&
                (line.mnemonic.starts_with("call") || line.mnemonic.starts_with("jal") ||
                 line.mnemonic.starts_with("c.jal")))
                return true;
        }
        return false;
    }

    const target::Snapshot& snapshot_;
    const arch::Arch& arch_;
    const CallSources& sources_;
    const arch::FrameChain* chain_;
    Disassembler disassembler_;
    elf::FrameMemory memory_;
    elf::Frame frame_;
    std::size_t sp_ = 0, fp_ = 0, link_ = 0;
    VirtAddr pc_;
    std::vector<SavedWord> saved_;  // of the frame that is put next
    unsigned number_ = 0;
    bool first_ = true, interrupted_ = false;
};
}  // namespace

std::string_view name(FoundBy rule) {
    switch (rule) {
        case FoundBy::ProgramCounter:
            return "next instruction";
        case FoundBy::Inlined:
            return "inlined";
        case FoundBy::Cfi:
            return "cfi";
        case FoundBy::Return:
            return "at a return";
        case FoundBy::FramePointer:
            return "frame pointer";
    }
    return "";
}

Calls calls_view(const target::Snapshot& snapshot, const CallSources& sources, std::size_t most) {
    return Walker(snapshot, sources, most).out;
}

std::string text(const Calls& calls) {
    Columns columns;
    for (const CallRow& row : calls.rows)
        columns.row({row.rule == FoundBy::Inlined ? "" : fmt::format("{}", row.number), text::hex(row.at),
                     row.function.empty() ? "?" : row.function, row.place.text(),
                     fmt::format("{}{}", name(row.rule), row.interrupted ? ", left here by no call" : "")});
    return columns.text() + wrapped("end: ", calls.end, 5);
}

std::string json(const Calls& calls) {
    return line(Json{{"calls", Json{{"frames", array(calls.rows,
                                                     [](const CallRow& row) {
                                                         return Json{{"number", row.number},
                                                                     {"at", number(row.at)},
                                                                     {"function", row.function},
                                                                     {"source", row.place.text()},
                                                                     {"rule", std::string(name(row.rule))},
                                                                     {"interrupted", row.interrupted},
                                                                     {"sp", number(row.sp)}};
                                                     })},
                                    {"end", calls.end}}}});
}
}  // namespace ring::view
