#include "scene.hpp"

#include "base/text.hpp"
#include "lesson/facts.hpp"

namespace ring::gui {
namespace {
constexpr unsigned lines_before = 40, lines_after = 120;

// The walk that a fault was raised by is the one with the very sentence that the core told: page tables and sentence
// are of the same moment, so the walk is found again, with its access and its privilege.
std::optional<view::WalkView> walk_of_fault(const target::Snapshot& now, const target::FaultStory& story,
                                            const view::Symbolizer& names) {
    const std::size_t at = story.fault.rfind(" at 0x");
    if (at == std::string::npos) return std::nullopt;
    u64 address = 0;
    for (char c : story.fault.substr(at + 6)) {
        const bool digit = c >= '0' && c <= '9';
        if (!digit && (c < 'a' || c > 'f')) return std::nullopt;
        address = address << 4 | static_cast<u64>(digit ? c - '0' : c - 'a' + 10);
    }
    for (arch::Access access : {arch::Access::Read, arch::Access::Write, arch::Access::Execute})
        for (unsigned level : {3u, 0u}) {
            view::WalkView walk = view::walk_view(now, VirtAddr{address}, access, level, names);
            if (!walk.walk.ok && walk.walk.verdict == story.sentence) return walk;
        }
    return std::nullopt;
}

void walk_by_itself(Scene& scene, const target::Snapshot& now, const view::Symbolizer& names) {
    if (!now.faults.empty())
        if (std::optional<view::WalkView> walk = walk_of_fault(now, now.faults.front(), names)) {
            scene.walk = std::move(*walk);
            scene.walk_of = "the fault of the last step";
            return;
        }
    scene.walk = view::walk_view(now, now.pc(), arch::Access::Execute, {}, names);
    scene.walk_of = "the next instruction";
}

void walk_by_words(Scene& scene, const session::Session& session, const view::Symbolizer& names,
                   const std::string& words) {
    const std::size_t end = std::min(words.find(' '), words.size());
    const Result<u64> address = session.number(words.substr(0, end));
    if (!address) {
        scene.walk_trouble = address.error().sentence();
        return;
    }
    const Result<lesson::AccessWords> access = lesson::access_words(std::string_view(words).substr(end));
    if (!access) {
        scene.walk_trouble = access.error().sentence();
        return;
    }
    scene.walk = view::walk_view(session.now(), VirtAddr{*address}, access->access, access->level, names);
    scene.walk_of = words;
}
}  // namespace

void look_at(Scene& scene, const session::Session& session, const std::string& walk_words) {
    const target::Snapshot& now = session.now();
    const view::Symbolizer names = [&session](VirtAddr at) { return session.symbols().label(at); };
    scene.loading = false;
    scene.step = now.step;
    scene.stop = text::printable(now.stop.sentence.empty() ? std::string(name(now.stop.kind)) : now.stop.sentence);
    scene.final = now.stop.final();
    scene.can_go_back = now.capabilities.back;
    scene.program = view::registers_view(now, names);
    scene.kernel = view::registers_view(now, names, view::kernel_groups);
    scene.code = view::code_view(now, names, {}, lines_before, lines_after);
    scene.gdt = view::tables_view(now, "gdt");
    scene.micro = view::micro_view(now);
    scene.why = view::why_view(now, names);
    scene.console = view::console_view(now);
    scene.walk_trouble.clear();
    if (walk_words.empty())
        walk_by_itself(scene, now, names);
    else
        walk_by_words(scene, session, names, walk_words);
    scene.breakpoint_ids.clear();
    scene.breakpoint_addresses.clear();
    for (const auto& [id, one] : now.breakpoints)
        if (one.kind == target::BreakKind::Address) {
            scene.breakpoint_ids.push_back(id);
            scene.breakpoint_addresses.push_back(one.address);
        }
}
}  // namespace ring::gui
