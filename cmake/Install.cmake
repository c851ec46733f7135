# Where the program finds its data: <its folder>/../share/ringscope (core/base data_dir.hpp), installed or not. The
# build tree has the same shape, with links in the place of copies:
#
#   bin/ringscope, bin/ringscope-elf        share/ringscope/{lessons,kernels,assets,sources}
#
# kernels/ is the build tree's folder of that name: <architecture>/<kernel>.elf, <architecture>/user/<program>.elf, and
# riscv64/initrd.tar.
# sources/ has what these were compiled from, below the paths that their line tables record.

set(data "${CMAKE_BINARY_DIR}/share/ringscope")
file(MAKE_DIRECTORY "${data}")
file(CREATE_LINK "${CMAKE_SOURCE_DIR}/lessons" "${data}/lessons" SYMBOLIC)
file(CREATE_LINK "${CMAKE_SOURCE_DIR}/assets" "${data}/assets" SYMBOLIC)
file(CREATE_LINK "${CMAKE_BINARY_DIR}/kernels" "${data}/kernels" SYMBOLIC)
file(MAKE_DIRECTORY "${data}/sources")
file(CREATE_LINK "${CMAKE_SOURCE_DIR}/kernels" "${data}/sources/kernels" SYMBOLIC)

foreach(executable ringscope ringscope-elf)
    if(TARGET ${executable})
        install(TARGETS ${executable} RUNTIME DESTINATION bin)
    endif()
endforeach()
foreach(folder lessons assets)
    if(EXISTS "${CMAKE_SOURCE_DIR}/${folder}")
        install(DIRECTORY "${CMAKE_SOURCE_DIR}/${folder}/" DESTINATION share/ringscope/${folder})
    endif()
endforeach()
install(DIRECTORY "${CMAKE_BINARY_DIR}/kernels/" DESTINATION share/ringscope/kernels
    FILES_MATCHING PATTERN "*.elf" PATTERN "initrd.tar" PATTERN "CMakeFiles" EXCLUDE)
install(DIRECTORY "${CMAKE_SOURCE_DIR}/kernels/" DESTINATION share/ringscope/sources/kernels
    FILES_MATCHING PATTERN "*.cpp" PATTERN "*.hpp" PATTERN "*.S" PATTERN "build" EXCLUDE)
install(FILES "${CMAKE_SOURCE_DIR}/README.md" "${CMAKE_SOURCE_DIR}/LICENSE" DESTINATION share/doc/ringscope)
install(FILES "${CMAKE_CURRENT_LIST_DIR}/ringscope.desktop" DESTINATION share/applications)
