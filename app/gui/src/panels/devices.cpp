// The board's devices: interrupt controller, timer, serial port, with what the guest cannot read of them too.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "base/text.hpp"
#include "panels/pointing.hpp"
#include "panels/tables_draw.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
std::string label(const arch::TableEntry& entry) { return text::hex(entry.offset); }

// The first numbers of an entry, so that a closed one says something.
std::string beside(const Scene&, const arch::TableEntry& entry) {
    std::string out;
    for (std::size_t i = 0; i < entry.fields.size() && i < 3; ++i)
        out += fmt::format("{}{} {}", out.empty() ? "" : "  ", entry.fields[i].name, text::hex(entry.fields[i].value));
    return out;
}

std::vector<const arch::SystemTable*> devices_of(const Scene& scene) {
    std::vector<const arch::SystemTable*> out;
    for (const arch::SystemTable& table : scene.tables.tables)
        if (scene.arch && std::ranges::find(scene.arch->table_names, table.name) == scene.arch->table_names.end())
            out.push_back(&table);
    return out;
}

void draw(const Scene& scene, PanelState& panels, Intents& out, Look& look) {
    static_cast<void>(out);
    const std::vector<const arch::SystemTable*> all = devices_of(scene);
    if (all.empty()) {
        empty_state(look, "This target does not tell its devices.", "");
        return;
    }
    for (const arch::SystemTable* const table : all) {
        paragraph(look, look.fonts.strong, look.colours().text, table->name);
        put_entries(scene, panels, look, "devices/" + table->name, *table, label, beside);
        ImGui::Dummy({0, look.px(6)});
    }
    seek_pointed(scene, panels, look, "devices/");
}

std::string hint(const Scene& scene) {
    std::string out;
    for (const arch::SystemTable* const table : devices_of(scene)) out += (out.empty() ? "" : ", ") + table->name;
    return out;
}
// The first device; the others have words of their own.
std::string twin(const Scene& scene) {
    const std::vector<const arch::SystemTable*> all = devices_of(scene);
    std::string name = all.empty() ? "uart" : all.front()->name;
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return "show " + name;
}
}  // namespace

const Panel devices_panel{"devices", "Devices", draw, hint, look_at_tables, twin};
}  // namespace ring::gui
