// Pictures of lessons in the graphics library's memory, each made once.
#pragma once
#include <imgui.h>

#include <map>

#include "lesson/load.hpp"

namespace ring::gui {
class Textures {
  public:
    Textures() = default;
    ~Textures() { clear(); }
    Textures(const Textures&) = delete;
    Textures& operator=(const Textures&) = delete;
    ImTextureID of(const lesson::Picture& picture);  // null: it cannot be decoded
    void clear();

  private:
    std::map<const lesson::Picture*, unsigned> made_;
};
}  // namespace ring::gui
