# Plugins of libraries that may not be on the machine: one that is missing leaves its plugin out,
# and a line says which Debian package brings it.

find_package(PkgConfig)

# benchhost_leave_out(<what> <Debian package>...)
function(benchhost_leave_out what)
  list(JOIN ARGN " " packages)
  message(STATUS "Left out: ${what}; to have it: apt install ${packages}")
endfunction()

# benchhost_pkg_config_plugin(<id> MODULE <name> PACKAGE <Debian package> SOURCES <file>...
#                             [LIBRARIES <target>...])
# A plugin of a library that pkg-config knows; its version comes as BENCHHOST_LIBRARY_VERSION.
function(benchhost_pkg_config_plugin id)
  cmake_parse_arguments(ARG "" "MODULE;PACKAGE" "SOURCES;LIBRARIES" ${ARGN})
  if(PKG_CONFIG_FOUND)
    pkg_check_modules(BENCHHOST_${id} QUIET IMPORTED_TARGET ${ARG_MODULE})
  endif()
  if(NOT BENCHHOST_${id}_FOUND)
    benchhost_leave_out("the server ${id}" ${ARG_PACKAGE} pkg-config)
    return()
  endif()
  benchhost_plugin(${id} SOURCES ${ARG_SOURCES}
    LIBRARIES PkgConfig::BENCHHOST_${id} ${ARG_LIBRARIES} Threads::Threads)
  target_include_directories(benchhost_plugin_${id} SYSTEM PRIVATE "${PICOJSON_INCLUDE_DIR}")
  target_compile_definitions(benchhost_plugin_${id} PRIVATE
    BENCHHOST_LIBRARY_VERSION="${BENCHHOST_${id}_VERSION}")
endfunction()
