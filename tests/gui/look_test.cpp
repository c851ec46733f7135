#include <algorithm>
#include <array>

#include "headless.hpp"
#include "layout_edit.hpp"
#include "presets.hpp"

using namespace ring;
using namespace ring::gui;
using test::Headless;

TEST_CASE("every text colour can be read on every surface that it is put on, in every theme") {
    for (const Theme* theme : themes()) {
        const Theme& t = *theme;
        INFO(std::string(t.name));
        const ImU32 surfaces[] = {t.background, t.panel, t.raised, t.header};
        for (ImU32 ink : {t.text, t.muted, t.dim, t.accent, t.changed, t.good, t.bad, t.mnemonic, t.jump, t.number,
                          t.reg, t.level[0], t.level[1], t.level[2], t.level[3], t.level[4]})
            for (ImU32 surface : surfaces) {
                CAPTURE(ink);
                CAPTURE(surface);
                CHECK(contrast(ink, surface) >= 4.5f);
            }
        // The current line, the descriptor in use.
        for (ImU32 ink : {t.text, t.dim, t.accent, t.mnemonic, t.jump, t.number, t.reg, t.muted})
            CHECK(contrast(ink, t.current) >= 4.5f);
        CHECK(contrast(t.on_accent, t.accent) >= 4.5f);
        CHECK(contrast(t.changed, blended(faded(t.changed, 0.13f), t.panel)) >= 4.5f);  // a changed register
        CHECK(contrast(t.bad, blended(faded(t.bad, 0.12f), t.panel)) >= 4.5f);          // a failed micro-step
        CHECK(contrast(t.dim, blended(faded(t.bad, 0.12f), t.panel)) >= 4.5f);
        CHECK(contrast(t.text, blended(faded(t.level[3], 0.24f), t.raised)) >= 4.5f);  // the entry used
    }
}

TEST_CASE("contrast is WCAG's") {
    CHECK(contrast(IM_COL32(0, 0, 0, 255), IM_COL32(255, 255, 255, 255)) == doctest::Approx(21));
    CHECK(contrast(IM_COL32(119, 119, 119, 255), IM_COL32(255, 255, 255, 255)) == doctest::Approx(4.48).epsilon(0.01));
}

TEST_CASE("a layout is what its text says, and a wrong one says where") {
    for (std::string_view text : {"lesson", "H(20 lesson, 80 V(60 disassembly|micro, 40 walk))"}) {
        const Result<Node> node = parse_layout(text);
        REQUIRE(node);
        CHECK(to_string(*node) == text);
    }
    for (std::string_view wrong : {"", "H", "H(", "H()", "H(20)", "H(0 lesson)", "H(20 lesson", "lesson|", "lesson)",
                                   "X(1 lesson)", "H(20 lesson,)"})
        CHECK_FALSE(parse_layout(wrong));
    CHECK_FALSE(parse_layout(std::string(100'000, 'H')));
    std::string deep;
    for (int i = 0; i < 1000; ++i) deep += "H(1 ";
    CHECK_FALSE(parse_layout(deep));
}

TEST_CASE("each ready-made layout names panels that exist, each once, and tiles the area") {
    for (const Preset& preset : presets())
        for (const ImVec2 size : {ImVec2{1366, 768}, ImVec2{1920, 1080}, ImVec2{2560, 1440}}) {
            INFO(std::string(preset.name));
            Node node = layout_of(preset, size.x, size.y);
            const float gap = 8;
            const std::vector<Placed> leaves = place(node, {0, 0, size.x, size.y}, gap).leaves;
            for (const Placed& one : leaves) {
                CHECK(one.box.x + one.box.width <= size.x);
                CHECK(one.box.y + one.box.height <= size.y);
                for (const Placed& other : leaves) {
                    const bool apart = &one == &other || one.box.x + one.box.width < other.box.x ||
                                       other.box.x + other.box.width < one.box.x ||
                                       one.box.y + one.box.height < other.box.y ||
                                       other.box.y + other.box.height < one.box.y;
                    CHECK(apart);
                }
            }
            std::vector<std::string> names = open_panels(node);
            std::sort(names.begin(), names.end());
            CHECK(std::unique(names.begin(), names.end()) == names.end());
            for (const std::string& name : names) CHECK(find_panel(name));
        }
}

TEST_CASE("a panel is moved beside another, becomes a tab, and is closed; what is left is a layout") {
    Node root = *parse_layout("H(20 lesson, 80 V(60 disassembly|micro, 40 walk))");
    put_panel(root, "gdt", "walk", Side::Right);
    CHECK(to_string(root) == "H(20 lesson, 80 V(60 disassembly|micro, 40 H(50 walk, 50 gdt)))");
    put_panel(root, "gdt", "lesson", Side::Middle);
    CHECK(to_string(root) == "H(20 lesson|*gdt, 80 V(60 disassembly|micro, 40 walk))");
    put_panel(root, "micro", "disassembly", Side::Top);
    CHECK(to_string(root) == "H(20 lesson|*gdt, 80 V(30 micro, 30 disassembly, 40 walk))");
    put_panel(root, "walk", "walk", Side::Left);  // onto itself: nothing changes
    CHECK(to_string(root) == "H(20 lesson|*gdt, 80 V(30 micro, 30 disassembly, 40 walk))");
    for (const char* panel : {"micro", "walk", "disassembly", "lesson"}) CHECK(close_panel(root, panel));
    CHECK(to_string(root) == "gdt");
    CHECK_FALSE(close_panel(root, "gdt"));
    CHECK_FALSE(close_panel(root, "walk"));
}

TEST_CASE("whatever is moved and closed, a layout stays one") {
    u64 seed = 1;
    const auto random = [&](u64 below) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        return static_cast<std::size_t>((seed >> 33) % below);
    };
    Node root = *parse_layout("lesson");
    for (int i = 0; i < 5000; ++i) {
        const std::string one(panels()[random(panels().size())]->id), other(panels()[random(panels().size())]->id);
        if (random(3) == 0)
            close_panel(root, one);
        else
            put_panel(root, one, other, static_cast<Side>(random(5)));
        const Result<Node> again = parse_layout(to_string(root));
        REQUIRE_MESSAGE(again, to_string(root));
        std::vector<std::string> names = open_panels(root);
        REQUIRE_FALSE(names.empty());
        std::sort(names.begin(), names.end());
        REQUIRE(std::unique(names.begin(), names.end()) == names.end());
    }
}

TEST_CASE("a seam is dragged as far as its neighbours' least size") {
    Node root = *parse_layout("H(50 lesson, 50 walk)");
    const Seam seam = place(root, {0, 0, 1008, 500}, 8).seams.at(0);
    drag_seam(seam, 100, 90);
    CHECK(root.children[0].weight == doctest::Approx(60));
    drag_seam(seam, 5000, 90);
    CHECK(root.children[1].weight == doctest::Approx(9));
    drag_seam(seam, -5000, 90);
    CHECK(root.children[0].weight == doctest::Approx(9));
}

TEST_CASE("the window is whole at every size and scale that it is made for") {
    struct Case {
        ImVec2 size;
        float scale;
    };
    for (const Case& one : {Case{{1366, 768}, 1}, Case{{1920, 1080}, 1}, Case{{1920, 1080}, 1.5f},
                            Case{{2560, 1440}, 1.5f}, Case{{2560, 1440}, 2}}) {
        CAPTURE(one.size.x);
        CAPTURE(one.scale);
        Headless window(test::open_program(test::teaching("hello")), one.size, one.scale);
        constexpr std::array tools{"back", "step", "step-over", "continue", "restart", "ring", "command"};
        float right = 0;
        for (const char* id : tools) {
            REQUIRE_MESSAGE(window.shows(id), id);
            const Rect& rect = window.look().rects.at(id);
            CHECK(rect.from.x >= right);
            right = rect.to.x;
        }
        CHECK(right <= one.size.x);
        for (const auto& [id, rect] : window.look().rects)
            if (id.starts_with("pane/")) {
                CHECK(rect.from.x >= 0);
                CHECK(rect.to.x <= one.size.x);
                CHECK(rect.to.y <= one.size.y);
            }
    }
}

TEST_CASE("Ctrl and = make everything larger, and the fonts are loaded anew") {
    Headless window(test::open_program(test::teaching("hello")));
    const float before = window.look().fonts.text->FontSize;
    window.key("Ctrl+=");
    window.settle();
    CHECK(window.look().scale > 1);
    CHECK(window.look().fonts.text->FontSize > before);
    window.key("Ctrl+-");
    window.settle();
    CHECK(window.look().fonts.text->FontSize == before);
    for (int i = 0; i < 30; ++i) window.key("Ctrl+=");
    window.settle();
    CHECK(window.look().scale == 2.5f);
    window.key("Ctrl+0");
    window.settle();
    CHECK(window.look().scale == 1);
}

TEST_CASE("each panel is drawn in front of its tabs") {
    Headless window(test::open_program(test::teaching("hello")), {1366, 768});
    for (const Panel* panel : panels()) {
        if (!is_for(*panel, window.scene())) continue;
        const std::string tab = "tab/" + std::string(panel->id);
        if (window.shows(tab))
            window.click(tab);
        else
            window.ui().desk().show(panel->id);
        window.settle();
        CHECK(window.shows("pane/" + std::string(panel->id)));
    }
}
