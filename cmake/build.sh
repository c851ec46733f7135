#!/usr/bin/env bash
# The set-up behind ./run and ./test: packages, configuration, build. Quiet when there is nothing to do.
#
#   cmake/build.sh PRESET TARGET [tests]
#
# PRESET is one of CMakePresets.json, TARGET what to build; with "tests" the packages for testing are got too and the
# tests are configured. cmake runs only when it never did, or when the presets, the release of Debian or the wish for
# tests changed: the rest (a changed CMakeLists.txt, a new source file) ninja finds out by itself.
set -eu

preset=$1 target=$2 tests=${3:-}
top=$(cd -- "$(dirname -- "$0")/.." && pwd -P)
tree=$top/build/$preset

# The presets decide, not what the caller's shell happens to hold.
unset CC CXX CFLAGS CXXFLAGS CPPFLAGS LDFLAGS CPATH C_INCLUDE_PATH CPLUS_INCLUDE_PATH LIBRARY_PATH COMPILER_PATH \
  PKG_CONFIG_PATH PKG_CONFIG_LIBDIR PKG_CONFIG_SYSROOT_DIR DESTDIR VERBOSE NINJA_STATUS \
  CMAKE_GENERATOR CMAKE_GENERATOR_INSTANCE CMAKE_GENERATOR_PLATFORM CMAKE_GENERATOR_TOOLSET CMAKE_BUILD_TYPE \
  CMAKE_TOOLCHAIN_FILE CMAKE_PREFIX_PATH CMAKE_INSTALL_PREFIX CMAKE_INSTALL_MODE CMAKE_CONFIGURATION_TYPES \
  CMAKE_C_COMPILER_LAUNCHER CMAKE_CXX_COMPILER_LAUNCHER CMAKE_C_LINKER_LAUNCHER CMAKE_CXX_LINKER_LAUNCHER || true

say() { printf '%s\n' "$*" >&2; }

configure() {
  local cache=$tree/CMakeCache.txt with_tests wish fresh
  wish=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  [ -n "$tests" ] && with_tests=ON || with_tests=OFF
  # A tree that was configured with tests keeps them: ./run after ./test has nothing to change.
  ! grep -qsx 'RING_TESTS:BOOL=ON' "$cache" || with_tests=ON
  wish="$wish, tests $with_tests"

  fresh=()
  if [ -e "$cache" ]; then       # of another place (the checkout was moved) or another release: begin anew
    grep -qsxF "CMAKE_HOME_DIRECTORY:INTERNAL=$top" "$cache" || fresh=(--fresh)
    case "$(cat "$tree/.configured" 2>/dev/null)" in "" | "${wish%%,*},"*) ;; *) fresh=(--fresh) ;; esac
  fi
  if [ ${#fresh[@]} != 0 ] || [ ! -e "$tree/build.ninja" ] || [ "$(cat "$tree/.configured" 2>/dev/null)" != "$wish" ] ||
    [ "$top/CMakePresets.json" -nt "$tree/.configured" ]; then
    say "Configuring build/$preset."
    rm -f "$tree/.configured"
    (cd "$top" && cmake "${fresh[@]}" --preset "$preset" -DRING_TESTS="$with_tests")
    echo "$wish" >"$tree/.configured"
  fi
}

# ninja has no word for "is there anything to do" while the manifest may itself be out of date (a dry run ends there).
# So the manifest is brought up to date first, and then read through a file that nothing generates.
up_to_date() {
  [ -e "$tree/.ninja_log" ] || return 1
  ninja -C "$tree" --quiet build.ninja || return 1
  echo 'include build.ninja' >"$tree/question.ninja"
  ninja -C "$tree" -n -f question.ninja "$target" | grep -qxF 'ninja: no work to do.'
}

mkdir -p "$top/build"
(
  flock -n 9 || { say "Waiting for another build in this checkout."; flock 9; }
  "$top/cmake/packages.sh" "$top/build/neighbour" build guest ${tests:+test}
  configure
  up_to_date || ninja -C "$tree" "$target"
) </dev/null 9>"$top/build/.lock" >&2
