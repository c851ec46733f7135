// Every panel as a picture, in three themes and at 150 %, compared with tests/golden/gui at a quarter of its size,
// where a digit is a smudge and a lost line, a wrong colour or a clipped column is not. RING_REBASE=1 writes them anew.
#include <imgui.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBI_ONLY_PNG
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#include <stb_image.h>
#include <stb_image_write.h>
#pragma GCC diagnostic pop

#include "headless.hpp"
#include "raster.hpp"

using namespace ring;
using namespace ring::gui;
using test::Headless;
using test::Picture;

namespace {
constexpr int width = 960, height = 640, shrink = 4;
constexpr double most_mean = 2.0;     // of 255, over the whole picture
constexpr double most_in_block = 10;  // of 255, the mean of any block
constexpr int block = 10;             // pixels of the small picture

struct Difference {
    double mean = 0, worst = 0;
    int x = 0, y = 0;  // of the worst block, in pixels of the small picture
};

Difference difference(const Picture& a, const Picture& b) {
    Difference out;
    double all = 0;
    for (int top = 0; top < a.height; top += block)
        for (int left = 0; left < a.width; left += block) {
            double sum[3] = {};
            int count = 0;
            for (int y = top; y < std::min(top + block, a.height); ++y)
                for (int x = left; x < std::min(left + block, a.width); ++x, ++count)
                    for (int c = 0; c < 3; ++c) {
                        const auto at = static_cast<std::size_t>((y * a.width + x) * 3 + c);
                        sum[c] += double(a.rgb[at]) - double(b.rgb[at]);
                        all += std::abs(double(a.rgb[at]) - double(b.rgb[at]));
                    }
            for (double one : sum)
                if (std::abs(one) / count > out.worst) out = {0, std::abs(one) / count, left, top};
        }
    out.mean = all / static_cast<double>(a.rgb.size());
    return out;
}

Picture read_png(const std::string& path) {
    Picture out;
    int channels = 0;
    unsigned char* const pixels = stbi_load(path.c_str(), &out.width, &out.height, &channels, 3);
    if (!pixels) return {};
    out.rgb.assign(pixels, pixels + static_cast<std::size_t>(out.width * out.height * 3));
    stbi_image_free(pixels);
    return out;
}

void compare(const Picture& now, const std::string& name) {
    const std::string golden = std::string(RING_SOURCE_DIR) + "/tests/golden/gui/" + name + ".png";
    if (std::getenv("RING_REBASE")) {
        std::filesystem::create_directories(std::filesystem::path(golden).parent_path());
        REQUIRE(stbi_write_png(golden.c_str(), now.width, now.height, 3, now.rgb.data(), now.width * 3));
        return;
    }
    const Picture wanted = read_png(golden);
    INFO(name);
    REQUIRE_MESSAGE(wanted.rgb.size() == now.rgb.size(), golden, " is missing; RING_REBASE=1 writes it");
    const Difference found = difference(now, wanted);
    CAPTURE(found.x);
    CAPTURE(found.y);
    CHECK(found.mean <= most_mean);
    CHECK(found.worst <= most_in_block);
    if (found.mean > most_mean || found.worst > most_in_block) {
        const std::string seen = std::string(RING_BINARY_DIR) + "/" + name + ".png";
        stbi_write_png(seen.c_str(), now.width, now.height, 3, now.rgb.data(), now.width * 3);
        MESSAGE("what was drawn: ", seen);
    }
}

Picture drawn(Headless& window) {
    test::Raster raster(width, height, window.look().colours().background);
    raster.draw(*ImGui::GetDrawData());
    return raster.picture(shrink);
}

// A machine that has changed its privilege and taken a fault.
struct Machine {
    const char* lesson;
    std::vector<const char*> commands;
    const char* prefix;  // of the pictures' names
};
const Machine x86{"x86-sysretq", {"break privilege", "continue", "break trap 14", "continue"}, ""};
const Machine riscv{
    "riscv-traps", {"goto shell", "send run /bin/fault_null", "break trap load page fault", "continue"}, "riscv-"};

void every_panel(const Machine& machine, const char* theme, float scale, const std::string& suffix) {
    Headless window(test::open_lesson(machine.lesson), {width, height}, scale);
    window.ui().use_theme(theme);
    for (const char* line : machine.commands) window.worker().post(RunCommand{line});
    window.settle();
    for (const Panel* panel : panels()) {
        if (!is_for(*panel, window.ui().scene())) continue;
        REQUIRE(window.ui().set_layout(panel->id));
        window.settle();
        window.settle();
        compare(drawn(window), machine.prefix + std::string(panel->id) + suffix);
    }
}
}  // namespace

TEST_CASE("every panel looks as its picture, dark") { every_panel(x86, "dark", 1, "-dark"); }
TEST_CASE("every panel looks as its picture, light") { every_panel(x86, "light", 1, "-light"); }
TEST_CASE("every panel looks as its picture, colour-blind safe") { every_panel(x86, "colour-blind safe", 1, "-safe"); }
TEST_CASE("every panel looks as its picture at 150 %") { every_panel(x86, "dark", 1.5f, "-dark-150"); }
TEST_CASE("every panel of a RISC-V machine looks as its picture, dark") { every_panel(riscv, "dark", 1, "-dark"); }
TEST_CASE("every panel of a RISC-V machine looks as its picture, light") { every_panel(riscv, "light", 1, "-light"); }
TEST_CASE("every panel of a RISC-V machine looks as its picture, colour-blind safe") {
    every_panel(riscv, "colour-blind safe", 1, "-safe");
}
TEST_CASE("every panel of a RISC-V machine looks as its picture at 150 %") {
    every_panel(riscv, "dark", 1.5f, "-dark-150");
}

TEST_CASE("a picture that differs is noticed: another theme, a panel that is empty") {
    Headless window(test::open_program(test::teaching("hello")), {width, height});
    REQUIRE(window.ui().set_layout("registers"));
    window.settle();
    const Picture before = drawn(window);
    CHECK(difference(before, drawn(window)).worst == 0);
    window.ui().use_theme("light");
    window.settle();
    CHECK(difference(before, drawn(window)).mean > 10 * most_mean);
    window.ui().use_theme("dark");
    REQUIRE(window.ui().set_layout("answers"));
    window.settle();
    CHECK(difference(before, drawn(window)).worst > most_in_block);
}
