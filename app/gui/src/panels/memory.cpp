// Bytes of memory: hexadecimal and characters, scrolled through the whole address space, edited at the cursor.
// The rule: rows are made on the machine's thread around the address that is asked about; scrolling asks anew.
#include <fmt/format.h>
#include <imgui.h>
#include <imgui_stdlib.h>

#include <algorithm>

#include "base/text.hpp"
#include "panels/panels.hpp"
#include "panels/selecting.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
constexpr u64 row_bytes = view::MemoryRow::bytes, half = 2048;
constexpr std::string_view near_words = "near ", physical_words = "physical ";

bool take(std::string_view& words, std::string_view prefix) {
    if (!words.starts_with(prefix)) return false;
    words.remove_prefix(prefix.size());
    return true;
}

Result<u64> place_of(const Moment& moment, std::string_view words) {
    if (words.empty()) return moment.now.registers.get(moment.now.arch->sp).value_or(0);
    return moment.session.number(words);
}

void look_at(Scene& scene, const Moment& moment) {
    look_at_lenses(scene, moment);
    std::string_view words = moment.wishes.asked("memory");
    const bool follow = !take(words, near_words);
    const bool physical = take(words, physical_words);
    const bool again = scene.memory_words == moment.wishes.asked("memory");
    scene.memory_trouble.clear();
    u64 at = scene.memory_asked;
    if (const Result<u64> place = place_of(moment, words); place) {
        at = *place;
        if (follow && (!again || at != scene.memory_asked)) ++scene.memory_jumps;
    } else {
        scene.memory_trouble = place.error().sentence();
    }
    scene.memory_words = moment.wishes.asked("memory");
    scene.memory_asked = at;
    view::Memory fresh = view::memory_view(moment.now, (at & ~(row_bytes - 1)) - half, 2 * half, physical);
    view::Memory probe = fresh;
    if (fresh.step != scene.memory.step || view::mark_changes(probe, scene.memory) != 0)
        scene.memory_before = std::move(scene.memory);
    view::mark_changes(fresh, scene.memory_before);
    scene.memory = std::move(fresh);
}

std::string ask(const Scene& scene, u64 at, bool near) {
    return fmt::format("{}{}{}", near ? near_words : "", scene.memory.physical ? physical_words : "", text::hex(at));
}

void put_fields(const Scene& scene, MemoryState& state, Intents& out, Look& look) {
    ImGui::PushFont(look.fonts.code_small);
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding,
                        ImVec2(look.px(10), (look.px(34) - look.fonts.code_small->FontSize) / 2));
    const float width = (ImGui::GetContentRegionAvail().x - look.px(8)) / 2;
    ImGui::SetNextItemWidth(width);
    if (ImGui::InputTextWithHint("##address", "address:  $rsp, user:buffer, 0x1000", &state.words,
                                 ImGuiInputTextFlags_EnterReturnsTrue) &&
        !state.words.empty()) {
        std::erase(state.history, state.words);
        state.history.insert(state.history.begin(), state.words);
        if (state.history.size() > 12) state.history.pop_back();
        out.emplace_back(Ask{"memory", (scene.memory.physical ? std::string(physical_words) : "") + state.words});
    }
    look.reg("memory/words");
    ImGui::SameLine(0, look.px(8));
    ImGui::SetNextItemWidth(width);
    if (ImGui::InputTextWithHint("##find", "find:  48 8b, 'text', 0x1234 back", &state.pattern,
                                 ImGuiInputTextFlags_EnterReturnsTrue) &&
        !state.pattern.empty()) {
        std::string_view pattern = state.pattern;
        const bool back = pattern.ends_with(" back");
        if (back) pattern.remove_suffix(5);
        const u64 from = back ? state.cursor - 1 : state.cursor + 1;
        out.emplace_back(Find{fmt::format("{} from {}{}", pattern, text::hex(from), back ? " back" : "")});
    }
    look.reg("memory/find");
    ImGui::PopStyleVar();
    ImGui::PopFont();
}

std::optional<u64> pointer_at(const view::Memory& memory, u64 at) {
    u64 value = 0;
    for (u64 i = 8; i-- > 0;) {
        const std::optional<u8> byte = memory.read(at + i);
        if (!byte) return std::nullopt;
        value = value << 8 | *byte;
    }
    return value;
}

void follow(const Scene& scene, const MemoryState& state, Intents& out) {
    if (const std::optional<u64> value = pointer_at(scene.memory, state.cursor))
        out.emplace_back(Ask{"memory", text::hex(*value)});
}

void put_buttons(const Scene& scene, MemoryState& state, Intents& out, Look& look) {
    const std::optional<u64> pointer = pointer_at(scene.memory, state.cursor);
    if (button(look, {"memory/follow", Icon::Step, false, "Follow pointer", "Enter", false, pointer.has_value()}))
        follow(scene, state, out);
    ImGui::SameLine();
    if (button(look, {"memory/watch", Icon::Read, false, "Watch 8 bytes", "", false, !scene.memory.physical}))
        out.emplace_back(RunCommand{fmt::format("watch {} 8 w", text::hex(state.cursor))});
    ImGui::SameLine();
    if (button(look, {"memory/physical", Icon::Read, false, scene.memory.physical ? "Physical" : "Virtual", ""}))
        out.emplace_back(
            Ask{"memory", (scene.memory.physical ? "" : std::string(physical_words)) + text::hex(state.cursor)});
    tooltip(look, "Which addresses are shown: virtual ones through the page tables, or physical ones");
    if (!state.history.empty()) {
        ImGui::SameLine();
        if (button(look, {"memory/history", Icon::Read, false, "Earlier", ""})) ImGui::OpenPopup("memory-history");
        if (ImGui::BeginPopup("memory-history")) {
            for (const std::string& words : state.history)
                if (ImGui::Selectable(words.c_str())) out.emplace_back(Ask{"memory", state.words = words});
            ImGui::EndPopup();
        }
    }
}

void edit(const Scene& scene, MemoryState& state, Intents& out, unsigned value) {
    const std::string place = fmt::format("{}{}", scene.memory.physical ? physical_words : "", text::hex(state.cursor));
    out.emplace_back(RunCommand{fmt::format("set memory {} {:02x}", place, value)});
    state.said = fmt::format("{:02x} written to {} at step {}. Going back to an earlier step undoes it.", value, place,
                             scene.step);
    ++state.cursor;
    state.nibble.reset();
}

void typed(const Scene& scene, MemoryState& state, Intents& out, ImWchar c) {
    if (state.in_text) {
        if (c >= 32 && c < 127) edit(scene, state, out, c);
        return;
    }
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return;
    if (!state.nibble)
        state.nibble = static_cast<unsigned>(digit);
    else
        edit(scene, state, out, *state.nibble * 16 + static_cast<unsigned>(digit));
}

void keys(const Scene& scene, MemoryState& state, Intents& out, u64 shown) {
    if (!ImGui::IsWindowFocused() || ImGui::IsAnyItemActive() || ImGui::GetIO().WantTextInput) return;
    const auto move = [&state](u64 by) {
        state.cursor += by;
        state.nibble.reset();
    };
    const u64 old = state.cursor;
    if (ImGui::IsKeyPressed(ImGuiKey_LeftArrow)) move(~u64{0});
    if (ImGui::IsKeyPressed(ImGuiKey_RightArrow)) move(1);
    if (ImGui::IsKeyPressed(ImGuiKey_UpArrow)) move(0 - row_bytes);
    if (ImGui::IsKeyPressed(ImGuiKey_DownArrow)) move(row_bytes);
    if (ImGui::IsKeyPressed(ImGuiKey_PageUp)) move(0 - shown * row_bytes);
    if (ImGui::IsKeyPressed(ImGuiKey_PageDown)) move(shown * row_bytes);
    if (ImGui::IsKeyPressed(ImGuiKey_Enter, false)) follow(scene, state, out);
    const ImGuiIO& io = ImGui::GetIO();
    if (!io.KeyCtrl && !io.KeyAlt)
        for (const ImWchar c : io.InputQueueCharacters) typed(scene, state, out, c);
    if (old == state.cursor) return;
    if (state.cursor - state.top >= shown * row_bytes) {  // out of sight, above or below
        const bool above = state.top - state.cursor < u64{1} << 63;
        state.top = (state.cursor & ~(row_bytes - 1)) - (above ? 0 : (shown - 1) * row_bytes);
    }
}

void put_row(const Scene& scene, const MemoryState& state, Look& look, const view::MemoryRow& row, ImVec2 at,
             float byte_x, float letters_x, float byte_width, float letter_width) {
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    ImFont* const font = look.fonts.code_small;
    put_hex(list, look, font, at, t.muted, text::digits(row.address, 16));
    for (unsigned i = 0; i < row.count; ++i) {
        const u64 address = row.address + i;
        const float x = at.x + byte_x + byte_width * static_cast<float>(i) + (i >= 8 ? letter_width : 0);
        const float c = at.x + letters_x + letter_width * static_cast<float>(i);
        const bool changed = row.changed >> i & 1;
        const bool here = address == state.cursor;
        const bool marked =
            scene.memory.physical ? selected(scene, PhysAddr{address}) : selected(scene, VirtAddr{address});
        if (marked) {
            list.AddRectFilled({x - look.px(2), at.y}, {x + byte_width - look.px(3), at.y + font->FontSize}, t.current);
            list.AddLine({x - look.px(2), at.y}, {x + byte_width - look.px(3), at.y}, t.accent, look.px(1.5f));
        }
        if (here) {
            list.AddRect({x - look.px(2), at.y - look.px(1)},
                         {x + 2 * letter_width + look.px(2), at.y + font->FontSize + look.px(1)}, t.accent, look.px(3),
                         0, look.px(state.in_text ? 1.0f : 2.0f));
            list.AddRect({c - look.px(1), at.y - look.px(1)},
                         {c + letter_width + look.px(1), at.y + font->FontSize + look.px(1)}, t.accent, look.px(2), 0,
                         look.px(state.in_text ? 2.0f : 1.0f));
        }
        const ImU32 colour = !row.byte[i] ? t.dim : changed ? t.changed : *row.byte[i] == 0 ? t.dim : t.text;
        std::string digits = row.byte[i] ? text::digits(*row.byte[i], 2) : "??";
        if (here && state.nibble) digits = fmt::format("{:x}_", *state.nibble);
        put_text(list, font, {x, at.y}, colour, digits);
        if (changed)  // a bar below: changed is not told by colour alone
            list.AddLine({x, at.y + font->FontSize}, {x + 2 * letter_width, at.y + font->FontSize}, t.changed,
                         look.px(2));
        const u8 byte = row.byte[i].value_or(0);
        const char letter = byte >= 32 && byte < 127 ? static_cast<char>(byte) : '.';
        put_text(list, font, {c, at.y}, letter == '.' ? t.dim : colour, std::string_view(&letter, 1));
    }
}

void put_rows(const Scene& scene, MemoryState& state, Intents& out, Look& look, float height) {
    ImFont* const font = look.fonts.code_small;
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
    ImGui::BeginChild("memory-rows", {0, height}, false,
                      ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoNavInputs);
    ImGui::PopStyleVar();
    const float line = font->FontSize + look.px(5), letter = text_size(font, "0").x;
    const u64 shown = std::max<u64>(1, static_cast<u64>(height / line));
    const float byte = letter * 2 + std::max(look.px(3), letter * 0.6f), byte_x = letter * 17,
                letters_x = byte_x + byte * 16 + letter * 2;
    if (state.jumps != scene.memory_jumps) {
        state.jumps = scene.memory_jumps;
        state.cursor = scene.memory_asked;
        state.top = (state.cursor & ~(row_bytes - 1)) - std::min<u64>(shown / 3, 4) * row_bytes;
        state.nibble.reset();
    }
    if (ImGui::IsWindowHovered() && ImGui::GetIO().MouseWheel != 0)
        state.top -= static_cast<u64>(static_cast<i64>(ImGui::GetIO().MouseWheel * 3)) * row_bytes;
    keys(scene, state, out, shown);
    const u64 into = state.top - scene.memory.at;
    if ((into < 32 * row_bytes || into + (shown + 32) * row_bytes > 2 * half) && state.asked != state.top) {
        state.asked = state.top;
        out.emplace_back(Ask{"memory", ask(scene, state.top, true)});
    }
    const ImVec2 origin = ImGui::GetCursorScreenPos();
    const bool clicked =
        ImGui::InvisibleButton("memory-grid", {std::max(1.0f, ImGui::GetContentRegionAvail().x), height});
    look.reg("memory/grid");
    const bool hovered = ImGui::IsItemHovered();
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    for (u64 i = 0; i < shown; ++i) {
        const u64 offset = state.top + i * row_bytes - scene.memory.at;
        if (offset / row_bytes >= scene.memory.rows.size()) continue;
        const view::MemoryRow& row = scene.memory.rows[offset / row_bytes];
        const ImVec2 at{origin.x, origin.y + line * static_cast<float>(i)};
        put_row(scene, state, look, row, at, byte_x, letters_x, byte, letter);
        look.rects["memory/" + text::hex(row.address)] = {{at.x + byte_x, at.y},
                                                          {at.x + byte_x + letter * 2, at.y + line}};
        if (!hovered || mouse.y < at.y || mouse.y >= at.y + line) continue;
        if (!row.reason.empty()) ImGui::SetTooltip("%s", text::printable(row.reason).c_str());
        const float x = mouse.x - at.x;
        if (!clicked || x < byte_x) continue;
        state.in_text = x >= letters_x;
        const float column =
            state.in_text ? (x - letters_x) / letter : (x - byte_x - (x - byte_x > byte * 8 ? letter : 0)) / byte;
        state.cursor = row.address + std::min<u64>(15, static_cast<u64>(std::max(0.0f, column)));
        state.nibble.reset();
        if (scene.memory.physical)
            select(out, PhysAddr{state.cursor});
        else
            select(out, VirtAddr{state.cursor});
        if (ImGui::IsMouseDoubleClicked(0)) follow(scene, state, out);
    }
    if (const std::optional<u8> value = scene.memory.read(state.cursor))
        look.texts["memory/cursor"] = fmt::format("{} {:02x}", text::hex(state.cursor), *value);
    ImGui::EndChild();
}

void put_search(const Scene& scene, Intents& out, Look& look) {
    const Theme& t = look.colours();
    if (!scene.memory_searched) {
        if (!scene.memory_search_trouble.empty())
            paragraph(look, look.fonts.small, t.bad, "! " + scene.memory_search_trouble);
        look.texts["memory/search"] = scene.memory_search_trouble;
        return;
    }
    if (button(look, {"memory/find/cancel", Icon::Cross, true, "Cancel", "Esc"})) out.emplace_back(Pause{});
    ImGui::SameLine();
    const std::string said = "Searching… " + text::size(*scene.memory_searched);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    put_text(*ImGui::GetWindowDrawList(), look.fonts.text, {at.x, at.y + look.px(8)}, t.muted, said);
    ImGui::NewLine();
    look.texts["memory/search"] = said;
}

void draw(const Scene& scene, PanelState& panels, Intents& out, Look& look) {
    MemoryState& state = panels.memory;
    put_fields(scene, state, out, look);
    put_buttons(scene, state, out, look);
    put_search(scene, out, look);
    if (!scene.memory_trouble.empty())
        paragraph(look, look.fonts.small, look.colours().bad, "! " + scene.memory_trouble);
    if (!state.said.empty()) paragraph(look, look.fonts.small, look.colours().muted, state.said);
    look.texts["memory/said"] = state.said;
    put_rows(scene, state, out, look, std::max(look.px(60), ImGui::GetContentRegionAvail().y));
}

std::string hint(const Scene& scene) {
    return fmt::format("{} {}", scene.memory.physical ? "physical" : "virtual", text::hex(scene.memory_asked));
}
std::string twin(const Scene& scene) {
    return fmt::format("memory {}{} 256", scene.memory.physical ? physical_words : "",
                       text::hex(scene.memory_asked & ~(row_bytes - 1)));
}
}  // namespace

const Panel memory_panel{"memory", "Memory", draw, hint, look_at, twin};
}  // namespace ring::gui
