// Breakpoints, watchpoints, and their removal.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>

#include "answers.hpp"
#include "base/text.hpp"
#include "command_rows.hpp"

namespace ring::session::rows {
namespace {
// The breakpoint that `id` belongs to, with all its parts. Errors: there is none.
Status remove_whole(Session& session, target::BreakpointId id) {
    const auto all = session.target().breakpoints();
    for (const auto& [number, one] : all)
        if (number == id && one.part_of) id = *one.part_of;
    for (const auto& [number, one] : all)
        if (one.part_of == id)
            if (Status s = session.target().remove_breakpoint(number); !s) return s;
    return session.target().remove_breakpoint(id);
}

Answer add(Session& session, const target::Breakpoint& wanted, std::string what) {
    Result<target::BreakpointId> id = session.target().add_breakpoint(wanted);
    if (!id) return id.error();
    const target::StopReason stop = session.now().stop;
    session.moved(stop);
    std::string text = fmt::format("breakpoint {}: {}\n", *id, what);
    return answer(std::move(text), Json{{"breakpoint", *id}, {"what", what}});
}

// A line that the compiler copied: one breakpoint with a number, and a part of it at each further place.
Answer add_copies(Session& session, target::Breakpoint wanted, const std::vector<VirtAddr>& places) {
    constexpr std::size_t most = 256;
    if (places.size() > most)
        return error("{} has {} copies; {} are the most", text::printable(wanted.label), places.size(), most);
    Result<target::BreakpointId> id = session.target().add_breakpoint(wanted);
    if (!id) return id.error();
    std::string what = address_text(session, wanted.address);
    wanted.part_of = *id;
    for (std::size_t i = 1; i < places.size(); ++i) {
        wanted.address = places[i];
        if (Result<target::BreakpointId> part = session.target().add_breakpoint(wanted); !part) {
            const Status gone = remove_whole(session, *id);
            return gone ? part.error() : gone.error();
        }
        what += ", " + address_text(session, wanted.address);
    }
    const target::StopReason stop = session.now().stop;
    session.moved(stop);
    std::string text = fmt::format("breakpoint {}, at {} places: {}\n", *id, places.size(), what);
    return answer(std::move(text), Json{{"breakpoint", *id}, {"what", what}, {"places", places.size()}});
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

// What people call a trap: "#PF", "load page fault", "ecall" (which is more than one), and any beginning of a name
// that is the only one such.
std::vector<arch::Cause> causes_named(const arch::Arch& arch, std::string_view typed) {
    std::string name = lower(typed);
    if (name.size() > 1 && (name[0] == '"' || name[0] == '\'') && name.back() == name[0])
        name = name.substr(1, name.size() - 2);
    std::vector<arch::Cause> out, begun;
    for (const arch::Cause& one : arch.causes) {
        const std::string mnemonic = lower(one.mnemonic);
        const bool exact = name == lower(one.name) || name == one.word || (!mnemonic.empty() && name == mnemonic) ||
                           (mnemonic.starts_with('#') && name == mnemonic.substr(1));
        if (exact) out.push_back(one);
        if (lower(one.name).starts_with(name)) begun.push_back(one);
    }
    return out.empty() && begun.size() == 1 ? begun : out;
}

// One breakpoint for each.
Answer add_causes(Session& session, const std::vector<arch::Cause>& causes) {
    std::string text;
    Json list = Json::array();
    for (const arch::Cause& one : causes) {
        target::Breakpoint wanted;
        wanted.kind = target::BreakKind::Trap;
        wanted.vector = one.number;
        Answer added = add(session, wanted,
                           fmt::format("when {} is taken", arch::cause_name(session.target().arch(), one.number)));
        if (!added) return added;
        if (causes.size() == 1) return added;
        text += added->text;
        list.push_back(Json::parse(added->json));
    }
    return answer(std::move(text), Json{{"breakpoints", std::move(list)}});
}

// Stops at what `words` name: a cause's number or name. Where interrupts have numbers of their own, `interrupt`
// says that such a number is meant.
Answer add_trap(Session& session, Words& words, bool interrupt) {
    const arch::Arch& arch = session.target().arch();
    target::Breakpoint wanted;
    wanted.kind = target::BreakKind::Trap;
    if (words.empty() && interrupt && arch.interrupt_bit != 0) {
        std::vector<arch::Cause> all;
        std::ranges::copy_if(arch.causes, std::back_inserter(all),
                             [&](const arch::Cause& one) { return (one.number & arch.interrupt_bit) != 0; });
        return add_causes(session, all);
    }
    if (words.empty()) return add(session, wanted, "when an exception or interrupt is taken");
    const std::vector<arch::Cause> named = causes_named(arch, words.rest());
    if (!named.empty()) return add_causes(session, named);
    Result<u64> number = session.number(words.rest());
    if (!number) return error("'{}' is neither a cause's name nor a number", text::printable(words.rest()));
    const unsigned most = arch.interrupt_bit == 0 ? 255 : arch.interrupt_bit - 1;
    if (*number > most && (interrupt || *number > 255))
        return error("there are {} 0 to {}", arch.interrupt_bit == 0 ? "vectors" : "causes", most);
    wanted.vector = static_cast<unsigned>(*number) | (interrupt ? arch.interrupt_bit : 0);
    const auto known = std::ranges::find(arch.causes, *wanted.vector, &arch::Cause::number);
    // Where vectors have short names, people know their numbers.
    const bool by_name = known != arch.causes.end() && known->mnemonic.empty();
    return add(session, wanted,
               by_name ? fmt::format("when {} is taken", known->name)
                       : fmt::format("when {} {} is taken", arch.interrupt_bit == 0 ? "vector" : "cause", *number));
}
}  // namespace

Answer add_break(Session& session, Words& words) {
    target::Breakpoint wanted;
    const std::string root = lower(session.target().arch().root_register);
    if (words.empty()) return error("it wants an address or a symbol, or privilege, trap, interrupt, {}", root);
    const std::string_view line = words.rest();
    if (line == "privilege") {
        wanted.kind = target::BreakKind::PrivilegeChange;
        return add(session, wanted, "when the privilege changes");
    }
    if (line == root) {
        wanted.kind = target::BreakKind::AddressSpace;
        return add(session, wanted, fmt::format("when {} is written", session.target().arch().root_register));
    }
    for (const std::string_view kind : {"trap", "vector", "interrupt"}) {
        const bool alone = line == kind && kind != "vector";
        if (!alone && !line.starts_with(std::string(kind) + ' ')) continue;
        words.next();
        return add_trap(session, words, kind == "interrupt");
    }
    Result<std::vector<VirtAddr>> places = session.places(line);
    if (!places) return places.error();
    wanted.address = places->front();
    wanted.label = std::string(line);
    if (places->size() == 1) return add(session, wanted, address_text(session, wanted.address));
    return add_copies(session, wanted, *places);
}

Answer watch(Session& session, Words& words) {
    const std::string_view address = words.next();
    if (address.empty()) return error("it wants an address");
    Result<u64> at = session.number(address);
    if (!at) return at.error();
    target::Breakpoint wanted;
    wanted.kind = target::BreakKind::Write;
    wanted.address = VirtAddr{*at};
    wanted.label = std::string(address);
    wanted.size = 8;
    for (std::string_view word = words.next(); !word.empty(); word = words.next()) {
        if (word == "w") {
            wanted.kind = target::BreakKind::Write;
        } else if (word == "r") {
            wanted.kind = target::BreakKind::Read;
        } else if (word == "rw") {
            wanted.kind = target::BreakKind::ReadWrite;
        } else {
            Result<u64> size = session.number(word);
            if (!size) return size.error();
            wanted.size = *size;
        }
    }
    if (wanted.size == 0 || wanted.size > 4096) return error("a watchpoint covers 1 to 4096 bytes");
    const char* access = wanted.kind == target::BreakKind::Write  ? "written"
                         : wanted.kind == target::BreakKind::Read ? "read"
                                                                  : "read or written";
    return add(
        session, wanted,
        fmt::format("when {} at {} are {}", text::size(wanted.size), address_text(session, wanted.address), access));
}

Answer remove(Session& session, Words& words) {
    if (words.empty()) return error("it wants the number of a breakpoint, or all; `show breakpoints` lists them");
    const target::StopReason stop = session.now().stop;
    if (words.rest() == "all") {
        const auto all = session.target().breakpoints();
        std::size_t count = 0;
        for (const auto& [id, one] : all) {
            if (Status s = session.target().remove_breakpoint(id); !s) return s.error();
            if (!one.part_of) ++count;
        }
        session.moved(stop);
        return answer(fmt::format("{} breakpoints are gone\n", count), Json{{"removed", count}});
    }
    Result<u64> id = session.number(words.rest());
    if (!id) return id.error();
    if (Status s = remove_whole(session, static_cast<target::BreakpointId>(*id)); !s) return s.error();
    session.moved(stop);
    return answer(fmt::format("breakpoint {} is gone\n", *id), Json{{"removed", *id}});
}
}  // namespace ring::session::rows
