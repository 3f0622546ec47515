# How every target of the tree is compiled: one place for the language level, the warnings and the
# names, so that a folder's CMakeLists.txt only lists its files.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
# -O3 makes the build a third longer and nothing here measurably quicker.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
# The plugins stand beside the executables, where benchhost looks for them.
set(BENCHHOST_PLUGIN_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin/plugins")
set(BENCHHOST_PLUGIN_INSTALL_DIRECTORY "${CMAKE_INSTALL_LIBDIR}/benchhost/plugins")
include("${PROJECT_SOURCE_DIR}/plugins/sdk/cmake/BenchhostPlugin.cmake")
# What is installed has been built: packing must not build the tests.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)

# g++ 12 sees overlapping copies in std::string's operator+ that are not there (GCC bug 105651), and
# leaves signs out of -Wconversion, which clang does not.
function(benchhost_warnings target)
  # Files that are compiled together see each other's names: shadowing is for the other builds.
  set(shadow -Wshadow)
  if(CMAKE_UNITY_BUILD)
    set(shadow -Wno-shadow)
  endif()
  target_compile_options(${target} PRIVATE -Wall -Wextra
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
    $<$<CXX_COMPILER_ID:Clang>:-Wno-sign-conversion>
    $<$<COMPILE_LANGUAGE:CXX>:-Wconversion> $<$<COMPILE_LANGUAGE:CXX>:${shadow}>
    $<$<BOOL:${BENCHHOST_WERROR}>:-Werror>)
endfunction()

# benchhost_precompile(<target> <first> <header>...)
# A tree that is compiled together parses once what nearly every file includes: with the target
# <first>, whose result all others take. They have to be optimised as it is: g++ 13 and later refuse
# another's. Elsewhere a file has only what it includes itself.
function(benchhost_precompile target first)
  if(NOT CMAKE_UNITY_BUILD)
    return()
  endif()
  if(target STREQUAL first)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  else()
    target_precompile_headers(${target} REUSE_FROM ${first})
  endif()
endfunction()
set(BENCHHOST_LIBRARY_HEADERS <algorithm> <chrono> <filesystem> <fstream> <functional> <map>
  <memory> <optional> <set> <sstream> <string> <thread> <vector> <fmt/format.h> <fmt/ranges.h>
  <picojson.h>)
set(BENCHHOST_TEST_HEADERS ${BENCHHOST_LIBRARY_HEADERS} <gmock/gmock.h> <gtest/gtest.h>)

# benchhost_cold(<target>): runs once a suite or a trial, so that compiling it soon is worth more.
function(benchhost_cold target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()

# benchhost_library(<folder> [COLD] [SOURCES <made file>...] DEPENDS <target>...)
# One folder with those below it, one static library benchhost_<folder>.
function(benchhost_library folder)
  cmake_parse_arguments(ARG "COLD" "" "SOURCES;DEPENDS" ${ARGN})
  file(GLOB_RECURSE files CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  add_library(benchhost_${folder} STATIC ${files} ${ARG_SOURCES})
  target_include_directories(benchhost_${folder} PUBLIC "${PROJECT_SOURCE_DIR}")
  target_include_directories(benchhost_${folder} SYSTEM PUBLIC "${PICOJSON_INCLUDE_DIR}")
  target_link_libraries(benchhost_${folder} PUBLIC ${ARG_DEPENDS})
  benchhost_warnings(benchhost_${folder})
  if(ARG_COLD)
    benchhost_cold(benchhost_${folder})
    benchhost_precompile(benchhost_${folder} benchhost_config ${BENCHHOST_LIBRARY_HEADERS})
  else()
    benchhost_precompile(benchhost_${folder} benchhost_base ${BENCHHOST_LIBRARY_HEADERS})
  endif()
endfunction()

# benchhost_plugin(<id> SOURCES <file>... [LIBRARIES <target>...])
# A plugin of this tree: <id>.so in the plugin folder beside the executables, and installed.
function(benchhost_plugin id)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
  benchhost_add_plugin(NAME ${id} TARGET benchhost_plugin_${id} SOURCES ${ARG_SOURCES}
    LIBRARIES ${ARG_LIBRARIES})
  set_target_properties(benchhost_plugin_${id} PROPERTIES
    LIBRARY_OUTPUT_DIRECTORY "${BENCHHOST_PLUGIN_OUTPUT_DIRECTORY}")
  benchhost_warnings(benchhost_plugin_${id})
  add_dependencies(plugins benchhost_plugin_${id})
  set_property(GLOBAL APPEND PROPERTY BENCHHOST_PLUGINS ${id})
  install(TARGETS benchhost_plugin_${id}
    LIBRARY DESTINATION "${BENCHHOST_PLUGIN_INSTALL_DIRECTORY}" COMPONENT runtime)
endfunction()

# What is built and run for the tests of each label: tests_<label>.
function(benchhost_label target)
  foreach(label IN LISTS ARGN)
    if(NOT TARGET tests_${label})
      add_custom_target(tests_${label})
    endif()
    add_dependencies(tests_${label} ${target})
  endforeach()
endfunction()

# benchhost_test(<name> [PROOF] [SOURCES <file>...] [DEPENDS <target>...] [LABELS <label>...]
#                [TIMEOUT <seconds>] [SHARDS <number>])
# Without SOURCES: all of its folder. Tests run beside each other, on a machine that may be busy with
# something else: none of them passes or fails by how fast it is. What needs a quiet machine is a
# PROOF, which runs alone, and only when asked for. A test that mostly waits can be cut into shards:
# <name>, <name>_2, ... The label slow marks one that needs seconds of real time, unit one that stands
# below tests/unit, threads one that tells something under a thread sanitizer.
function(benchhost_test name)
  cmake_parse_arguments(ARG "PROOF" "TIMEOUT;SHARDS" "SOURCES;DEPENDS;LABELS" ${ARGN})
  if(NOT ARG_SOURCES)
    file(GLOB ARG_SOURCES CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  endif()
  if(CMAKE_CURRENT_SOURCE_DIR MATCHES "/tests/unit/")
    list(APPEND ARG_LABELS unit)
  endif()
  if(ARG_PROOF)
    list(APPEND ARG_LABELS proofs)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_include_directories(${name} SYSTEM PRIVATE "${PICOJSON_INCLUDE_DIR}")
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE
    BENCHHOST_SOURCE_DIR="${PROJECT_SOURCE_DIR}" BENCHHOST_BINARY_DIR="${CMAKE_BINARY_DIR}/bin")
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  benchhost_warnings(${name})
  benchhost_precompile(${name} test_base ${BENCHHOST_TEST_HEADERS})
  benchhost_label(${name} ${ARG_LABELS})
  # What is tested is optimised, the test itself need not be.
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O0>)
  # The time limits are for a machine that is busy with something else.
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  if(NOT ARG_SHARDS)
    set(ARG_SHARDS 1)
  endif()
  foreach(shard RANGE 1 ${ARG_SHARDS})
    math(EXPR index "${shard} - 1")
    set(test ${name})
    if(shard GREATER 1)
      set(test ${name}_${shard})
    endif()
    add_test(NAME ${test} COMMAND ${name})
    # Those that may take longest begin first.
    set_tests_properties(${test} PROPERTIES TIMEOUT ${ARG_TIMEOUT} COST ${ARG_TIMEOUT}
      LABELS "${ARG_LABELS}" RUN_SERIAL ${ARG_PROOF})
    if(ARG_SHARDS GREATER 1)
      set_tests_properties(${test} PROPERTIES
        ENVIRONMENT "GTEST_TOTAL_SHARDS=${ARG_SHARDS};GTEST_SHARD_INDEX=${index}")
    endif()
  endforeach()
endfunction()
