#include "draw_svg.hpp"

#include <fmt/format.h>

#include <array>
#include <map>
#include <optional>
#include <vector>

namespace ring::gui {
namespace {
struct Letter {
    const ImFont* font = nullptr;
    const ImFontGlyph* glyph = nullptr;
};

// From a place in the font atlas to the letter that is drawn from there.
class Letters {
  public:
    Letters() {
        for (const ImFont* font : ImGui::GetIO().Fonts->Fonts)
            for (const ImFontGlyph& glyph : font->Glyphs)
                letters_.try_emplace({glyph.U0, glyph.V0}, Letter{font, &glyph});
    }
    const Letter* at(ImVec2 uv) const {
        const auto place = letters_.find({uv.x, uv.y});
        return place == letters_.end() || place->second.glyph->U0 == place->second.glyph->U1 ? nullptr : &place->second;
    }

  private:
    std::map<std::pair<float, float>, Letter> letters_;
};

unsigned alpha(ImU32 colour) { return colour >> IM_COL32_A_SHIFT & 255; }

std::string fill(ImU32 colour) {
    std::string out = fmt::format("fill=\"#{:02x}{:02x}{:02x}\"", colour >> IM_COL32_R_SHIFT & 255,
                                  colour >> IM_COL32_G_SHIFT & 255, colour >> IM_COL32_B_SHIFT & 255);
    if (alpha(colour) != 255) out += fmt::format(" fill-opacity=\"{:.2f}\"", alpha(colour) / 255.0);
    return out;
}

void append_utf8(std::string& out, unsigned code) {
    if (code == '<') {
        out += "&lt;";
    } else if (code == '>') {
        out += "&gt;";
    } else if (code == '&') {
        out += "&amp;";
    } else if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xc0 | code >> 6);
        out += static_cast<char>(0x80 | (code & 63));
    } else {
        out += static_cast<char>(0xe0 | code >> 12);
        out += static_cast<char>(0x80 | (code >> 6 & 63));
        out += static_cast<char>(0x80 | (code & 63));
    }
}

class Drawing {
  public:
    Drawing(const Box& box, const Look& look) : box_(box), look_(look) {}

    void command(const ImDrawList& list, const ImDrawCmd& cmd) {
        const ImVec4 clip = cmd.ClipRect;
        if (clip.z <= box_.x || clip.w <= box_.y || clip.x >= box_.x + box_.width || clip.y >= box_.y + box_.height)
            return;
        out_ += fmt::format(
            "<clipPath id=\"c{}\"><rect x=\"{:.0f}\" y=\"{:.0f}\" width=\"{:.0f}\" height=\"{:.0f}\"/>"
            "</clipPath>\n<g clip-path=\"url(#c{})\">\n",
            clips_, clip.x - box_.x, clip.y - box_.y, clip.z - clip.x, clip.w - clip.y, clips_);
        ++clips_;
        const ImDrawIdx* const index = list.IdxBuffer.Data + cmd.IdxOffset;
        const ImDrawVert* const vertex = list.VtxBuffer.Data + cmd.VtxOffset;
        for (unsigned i = 0; i + 3 <= cmd.ElemCount; i += 3) {
            const std::array<const ImDrawVert*, 3> corner{&vertex[index[i]], &vertex[index[i + 1]],
                                                          &vertex[index[i + 2]]};
            if (const Letter* const letter = letters_.at(corner[0]->uv); letter && i + 6 <= cmd.ElemCount) {
                flush_shape();
                add_letter(*letter, *corner[0]);
                i += 3;  // a letter is two triangles
                continue;
            }
            flush_text();
            add_triangle(corner);
        }
        flush_shape();
        flush_text();
        out_ += "</g>\n";
    }

    std::string whole() const {
        const ImU32 ground = look_.colours().background;
        return fmt::format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
            "viewBox=\"0 0 {0:.0f} {1:.0f}\">\n<rect width=\"100%\" height=\"100%\" {2}/>\n{3}</svg>\n",
            box_.width, box_.height, fill(ground), out_);
    }

  private:
    // The soft edge of a shape is a ring of triangles that fade to nothing; a renderer of SVG makes its own.
    void add_triangle(const std::array<const ImDrawVert*, 3>& corner) {
        for (const ImDrawVert* one : corner)
            if (alpha(one->col) == 0) return;
        if (corner[0]->col != colour_) flush_shape();
        colour_ = corner[0]->col;
        const float turn = (corner[1]->pos.x - corner[0]->pos.x) * (corner[2]->pos.y - corner[0]->pos.y) -
                           (corner[2]->pos.x - corner[0]->pos.x) * (corner[1]->pos.y - corner[0]->pos.y);
        const ImDrawVert& second = *corner[turn < 0 ? 2 : 1];
        const ImDrawVert& third = *corner[turn < 0 ? 1 : 2];
        path_ += fmt::format("M{:.1f} {:.1f}L{:.1f} {:.1f}L{:.1f} {:.1f}Z", corner[0]->pos.x - box_.x,
                             corner[0]->pos.y - box_.y, second.pos.x - box_.x, second.pos.y - box_.y,
                             third.pos.x - box_.x, third.pos.y - box_.y);
    }

    void flush_shape() {
        if (!path_.empty()) out_ += fmt::format("<path {} d=\"{}\"/>\n", fill(colour_), path_);
        path_.clear();
    }

    void add_letter(const Letter& letter, const ImDrawVert& corner) {
        const float x = corner.pos.x - letter.glyph->X0, y = corner.pos.y - letter.glyph->Y0;
        if (letter.font != font_ || corner.col != ink_ || std::abs(y - base_) > 1) flush_text();
        if (text_.empty()) {
            font_ = letter.font;
            ink_ = corner.col;
            base_ = y;
        }
        // A space is not drawn: it is where the next letter stands further away.
        if (!text_.empty() && x - end_ > font_->FontSize * 0.15f) put(' ', end_);
        put(letter.glyph->Codepoint, x);
        end_ = x + letter.glyph->AdvanceX;
    }

    void put(unsigned code, float x) {
        places_ += fmt::format("{}{:.1f}", places_.empty() ? "" : " ", x - box_.x);
        append_utf8(text_, code);
    }

    void flush_text() {
        if (text_.empty()) return;
        const Fonts& fonts = look_.fonts;
        const bool code = font_ == fonts.code || font_ == fonts.code_strong || font_ == fonts.code_small;
        const bool strong = font_ == fonts.strong || font_ == fonts.title || font_ == fonts.code_strong;
        out_ += fmt::format("<text {} font-family=\"{}\" font-size=\"{:.1f}\"{} y=\"{:.1f}\" x=\"{}\">{}</text>\n",
                            fill(ink_), code ? "JetBrains Mono, monospace" : "Inter, sans-serif",
                            font_->FontSize * (code ? 0.76f : 0.83f), strong ? " font-weight=\"600\"" : "",
                            base_ - box_.y + font_->Ascent, places_, text_);
        text_.clear();
        places_.clear();
    }

    const Box box_;
    const Look& look_;
    const Letters letters_;
    std::string out_, path_, text_, places_;
    unsigned clips_ = 0;
    ImU32 colour_ = 0, ink_ = 0;
    const ImFont* font_ = nullptr;
    float base_ = 0, end_ = 0;
};
}  // namespace

std::string svg(const ImDrawData& data, const Box& box, const Look& look) {
    Drawing drawing(box, look);
    for (int i = 0; i < data.CmdListsCount; ++i)
        for (const ImDrawCmd& cmd : data.CmdLists[i]->CmdBuffer)
            if (!cmd.UserCallback) drawing.command(*data.CmdLists[i], cmd);
    return drawing.whole();
}
}  // namespace ring::gui
