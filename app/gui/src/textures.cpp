#include "textures.hpp"

#include <GL/gl.h>
#include <GL/glext.h>

#include <cstdint>

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_PNG
#define STBI_NO_STDIO
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb_image.h>
#pragma GCC diagnostic pop

namespace ring::gui {

ImTextureID Textures::of(const lesson::Picture& picture) {
    const auto as_id = [](unsigned name) { return reinterpret_cast<ImTextureID>(static_cast<std::intptr_t>(name)); };
    if (const auto place = made_.find(&picture); place != made_.end()) return as_id(place->second);
    int width = 0, height = 0, channels = 0;
    unsigned char* const pixels =
        stbi_load_from_memory(picture.png.data(), static_cast<int>(picture.png.size()), &width, &height, &channels, 4);
    unsigned name = 0;
    if (pixels) {
        glGenTextures(1, &name);
        glBindTexture(GL_TEXTURE_2D, name);
        glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
        glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
        glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
        stbi_image_free(pixels);
    }
    made_[&picture] = name;
    return as_id(name);
}

void Textures::clear() {
    for (const auto& [picture, name] : made_)
        if (name != 0) glDeleteTextures(1, &name);
    made_.clear();
}
}  // namespace ring::gui
