// Dear ImGui's draw lists as pixels, without a graphics library: the same picture on every machine.
// The rule: what a graphics card would do with triangles, colours, the font atlas and clip rectangles, and no more.
#pragma once
#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/types.hpp"

namespace ring::test {

struct Picture {
    int width = 0, height = 0;
    std::vector<u8> rgb;  // three bytes a pixel, the top line first
};

class Raster {
  public:
    Raster(int width, int height, ImU32 ground) : width_(width), height_(height) {
        pixels_.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
        std::fill(pixels_.begin(), pixels_.end(), colour(ground));
        unsigned char* alpha = nullptr;
        ImGui::GetIO().Fonts->GetTexDataAsAlpha8(&alpha, &atlas_width_, &atlas_height_);
        atlas_ = alpha;
    }

    void draw(const ImDrawData& data) {
        for (int i = 0; i < data.CmdListsCount; ++i) {
            const ImDrawList& list = *data.CmdLists[i];
            for (const ImDrawCmd& cmd : list.CmdBuffer) {
                if (cmd.UserCallback) continue;
                const ImDrawIdx* const index = list.IdxBuffer.Data + cmd.IdxOffset;
                const ImDrawVert* const vertex = list.VtxBuffer.Data + cmd.VtxOffset;
                for (unsigned k = 0; k + 3 <= cmd.ElemCount; k += 3)
                    triangle(cmd.ClipRect, vertex[index[k]], vertex[index[k + 1]], vertex[index[k + 2]]);
            }
        }
    }

    // Each pixel of the picture is the mean of `shrink` times `shrink` pixels.
    Picture picture(int shrink) const {
        Picture out{width_ / shrink, height_ / shrink, {}};
        for (int y = 0; y < out.height; ++y)
            for (int x = 0; x < out.width; ++x) {
                Colour sum{};
                for (int i = 0; i < shrink * shrink; ++i) {
                    const Colour& one = at(x * shrink + i % shrink, y * shrink + i / shrink);
                    sum = {sum.r + one.r, sum.g + one.g, sum.b + one.b, 1};
                }
                const float count = static_cast<float>(shrink * shrink);
                for (const float channel : {sum.r, sum.g, sum.b})
                    out.rgb.push_back(static_cast<u8>(std::lround(std::clamp(channel / count, 0.0f, 1.0f) * 255)));
            }
        return out;
    }

  private:
    struct Colour {
        float r = 0, g = 0, b = 0, a = 0;
    };
    static Colour colour(ImU32 c) {
        const auto part = [&](unsigned shift) { return static_cast<float>(c >> shift & 255) / 255; };
        return {part(IM_COL32_R_SHIFT), part(IM_COL32_G_SHIFT), part(IM_COL32_B_SHIFT), part(IM_COL32_A_SHIFT)};
    }
    const Colour& at(int x, int y) const {
        return pixels_[static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(x)];
    }
    float ink(float u, float v) const {
        const int x = std::clamp(static_cast<int>(u * static_cast<float>(atlas_width_)), 0, atlas_width_ - 1);
        const int y = std::clamp(static_cast<int>(v * static_cast<float>(atlas_height_)), 0, atlas_height_ - 1);
        return static_cast<float>(atlas_[y * atlas_width_ + x]) / 255;
    }

    void triangle(const ImVec4& clip, const ImDrawVert& a, const ImDrawVert& b, const ImDrawVert& c) {
        const float area = (b.pos.x - a.pos.x) * (c.pos.y - a.pos.y) - (c.pos.x - a.pos.x) * (b.pos.y - a.pos.y);
        if (std::abs(area) < 1e-6f) return;
        const auto low = [](float one, float two, float three, float least) {
            return static_cast<int>(std::floor(std::max(least, std::min({one, two, three}))));
        };
        const auto high = [](float one, float two, float three, float most) {
            return static_cast<int>(std::ceil(std::min(most, std::max({one, two, three}))));
        };
        const int left = std::max(0, low(a.pos.x, b.pos.x, c.pos.x, clip.x));
        const int right = std::min(width_, high(a.pos.x, b.pos.x, c.pos.x, clip.z));
        const int top = std::max(0, low(a.pos.y, b.pos.y, c.pos.y, clip.y));
        const int bottom = std::min(height_, high(a.pos.y, b.pos.y, c.pos.y, clip.w));
        const Colour ca = colour(a.col), cb = colour(b.col), cc = colour(c.col);
        for (int y = top; y < bottom; ++y)
            for (int x = left; x < right; ++x) {
                const float px = static_cast<float>(x) + 0.5f, py = static_cast<float>(y) + 0.5f;
                const float wb = ((px - a.pos.x) * (c.pos.y - a.pos.y) - (c.pos.x - a.pos.x) * (py - a.pos.y)) / area;
                const float wc = ((b.pos.x - a.pos.x) * (py - a.pos.y) - (px - a.pos.x) * (b.pos.y - a.pos.y)) / area;
                const float wa = 1 - wb - wc;
                if (wa < 0 || wb < 0 || wc < 0) continue;
                const auto mix = [&](float one, float two, float three) { return wa * one + wb * two + wc * three; };
                const float alpha =
                    mix(ca.a, cb.a, cc.a) * ink(mix(a.uv.x, b.uv.x, c.uv.x), mix(a.uv.y, b.uv.y, c.uv.y));
                Colour& pixel = pixels_[static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
                                        static_cast<std::size_t>(x)];
                const auto over = [alpha](float under, float ink) { return under + (ink - under) * alpha; };
                pixel = {over(pixel.r, mix(ca.r, cb.r, cc.r)), over(pixel.g, mix(ca.g, cb.g, cc.g)),
                         over(pixel.b, mix(ca.b, cb.b, cc.b)), 1};
            }
    }

    int width_, height_;
    std::vector<Colour> pixels_;
    const unsigned char* atlas_ = nullptr;
    int atlas_width_ = 0, atlas_height_ = 0;
};
}  // namespace ring::test
