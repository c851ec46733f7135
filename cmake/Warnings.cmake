# Warnings are errors in our own code; third-party headers are SYSTEM and stay quiet.
add_compile_options(
    "$<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Werror;-Wshadow;-Wnon-virtual-dtor;-Woverloaded-virtual;-Wimplicit-fallthrough;-Wcast-qual>")
# GCC bug 105329, "Bogus restrict warning assigning 1-char string literal to std::string", mended in GCC 13.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>")
endif()
# Archives from Debian are built without debug sections worth linking; lld is here for the guests anyway, and links
# four times as fast as bfd.
add_link_options(-fuse-ld=lld)
if(RING_SANITIZE)
    add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
endif()
