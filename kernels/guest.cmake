# guest_program(OUTPUT <file.elf> FLAGS ... [CXX ...] LINK ... SOURCES ... [DEPENDS ...]): compiles each source with clang
# (CXX: flags for C++ alone) and links the objects with ld.lld. Any clang >= 14 builds every architecture, so no cross compiler has to be installed.

find_program(GUEST_CLANG NAMES clang clang-19 clang-16 clang-14 REQUIRED)
find_program(GUEST_LLD NAMES ld.lld ld.lld-19 ld.lld-16 ld.lld-14 REQUIRED)
get_filename_component(GUEST_ROOT "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)

# -ffile-prefix-map and -fdebug-compilation-dir: line tables name files relative to the repository, so that the same
# commit gives the same bytes on every machine and a debugger finds the sources from the root of any checkout.
# -fno-omit-frame-pointer: rbp chains the frames, which lets a student walk the stack by hand.
# -fno-asynchronous-unwind-tables: nobody unwinds here, and .eh_frame would only be one more segment to explain.
set(GUEST_COMMON_FLAGS
    -g "-ffile-prefix-map=${GUEST_ROOT}/=" -fdebug-compilation-dir=.
    -ffreestanding -fno-stack-protector -fno-omit-frame-pointer -fno-asynchronous-unwind-tables
    -Wall -Wextra -Wshadow -Wconversion -Werror "-I${GUEST_ROOT}/kernels/common")
set(GUEST_CXX_FLAGS -std=c++20 -fno-exceptions -fno-rtti -fno-threadsafe-statics)

function(guest_program)
    cmake_parse_arguments(G "" "OUTPUT" "FLAGS;CXX;LINK;SOURCES;DEPENDS" ${ARGN})
    cmake_path(GET G_OUTPUT STEM name)
    cmake_path(GET G_OUTPUT PARENT_PATH folder)
    set(objects "")
    foreach(source IN LISTS G_SOURCES)
        cmake_path(GET source FILENAME file)
        set(object "${folder}/${name}.objects/${file}.o")
        set(absolute "${CMAKE_CURRENT_SOURCE_DIR}/${source}")
        cmake_path(RELATIVE_PATH absolute BASE_DIRECTORY "${GUEST_ROOT}" OUTPUT_VARIABLE relative)
        set(compile "${GUEST_CLANG}" ${GUEST_COMMON_FLAGS})
        if(source MATCHES "\\.cpp$")
            set(compile ${compile} ${GUEST_CXX_FLAGS} ${G_CXX} ${G_FLAGS} -MD -MF "${object}.d" -c "${absolute}")
            set(dependencies DEPFILE "${object}.d")
        else()
            # clang 14 maps no prefix in what it assembles, so the name itself has to be relative. Assembly includes no
            # headers here, hence no dependency file.
            set(compile ${compile} ${G_FLAGS} -c "${relative}")
            set(dependencies "")
        endif()
        add_custom_command(OUTPUT "${object}"
            COMMAND "${CMAKE_COMMAND}" -E make_directory "${folder}/${name}.objects"
            COMMAND ${compile} -o "${object}"
            DEPENDS "${absolute}" ${dependencies}
            WORKING_DIRECTORY "${GUEST_ROOT}"
            COMMENT "guest ${name}: ${source}" VERBATIM)
        list(APPEND objects "${object}")
    endforeach()
    add_custom_command(OUTPUT "${G_OUTPUT}"
        COMMAND "${GUEST_LLD}" -z max-page-size=4096 --build-id=none ${G_LINK} -o "${G_OUTPUT}" ${objects}
        DEPENDS ${objects} ${G_DEPENDS}
        COMMENT "guest ${name}: link" VERBATIM)
endfunction()
