# The target "tidy": clang-tidy over our own sources (.clang-tidy says what it looks for). It is not part of ./test:
# it takes minutes, and a new clang finds new things. It needs the packages clang-tidy and clang-tools.
find_program(RUN_CLANG_TIDY NAMES run-clang-tidy run-clang-tidy-14 run-clang-tidy-19)
if(RUN_CLANG_TIDY)
    add_custom_target(tidy
        COMMAND "${RUN_CLANG_TIDY}" -quiet -p "${CMAKE_BINARY_DIR}" "^${CMAKE_SOURCE_DIR}/(core|app)/"
        USES_TERMINAL VERBATIM)
endif()
