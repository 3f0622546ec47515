# Plugins of libraries that may not be on the machine: one that is missing, or too new for its plugin,
# leaves the plugin out, and a line says so.

find_package(PkgConfig)

# benchhost_leave_out(<what> <Debian package>...)
function(benchhost_leave_out what)
  list(JOIN ARGN " " packages)
  message(STATUS "Left out: ${what}, which needs ${packages}")
endfunction()

# Whether a plugin builds with the library as it is here, without warnings and at no optimisation.
# Asked once; what failed is tried again by the next configuring.
function(benchhost_try_plugin result log)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES;INCLUDES;DEFINITIONS" ${ARGN})
  list(TRANSFORM ARG_SOURCES PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
  set(CMAKE_POSITION_INDEPENDENT_CODE OFF)  # would say -fPIE, as of a program
  set(CMAKE_TRY_COMPILE_CONFIGURATION Debug)
  try_compile(${result} SOURCES ${ARG_SOURCES}
    CMAKE_FLAGS "-DINCLUDE_DIRECTORIES=${PROJECT_SOURCE_DIR}/plugins/sdk/include;${ARG_INCLUDES}"
    COMPILE_DEFINITIONS -fPIC -w ${ARG_DEFINITIONS}
    LINK_OPTIONS -shared LINKER:-z,defs
    LINK_LIBRARIES ${ARG_LIBRARIES} ZLIB::ZLIB
    OUTPUT_VARIABLE output
    CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF)
  string(REGEX MATCH "[^\n]*(error|undefined)[^\n]*" first_error "${output}")
  set(${log} "${first_error}" PARENT_SCOPE)
endfunction()

# benchhost_server_plugin(<id> VERSION <here> NEWEST <known> PACKAGE <Debian package>
#                         SOURCES <file>... [LIBRARIES <target>...] [INCLUDES <folder>...]
#                         [DEFINITIONS <-Dname=value>...])
# The plugin of a library that was found. NEWEST is the latest release that it has been built with:
# with a later one it is first tried whether it builds. Its library's version comes as
# BENCHHOST_LIBRARY_VERSION.
function(benchhost_server_plugin id)
  cmake_parse_arguments(ARG "" "VERSION;NEWEST;PACKAGE" "SOURCES;LIBRARIES;INCLUDES;DEFINITIONS" ${ARGN})
  list(APPEND ARG_INCLUDES "${PICOJSON_INCLUDE_DIR}")
  list(APPEND ARG_DEFINITIONS "-DBENCHHOST_LIBRARY_VERSION=\"${ARG_VERSION}\"")
  if(ARG_VERSION VERSION_GREATER ARG_NEWEST)
    set(builds BENCHHOST_${id}_BUILDS_WITH_${ARG_VERSION})
    benchhost_try_plugin(${builds} first_error SOURCES ${ARG_SOURCES} LIBRARIES ${ARG_LIBRARIES}
      INCLUDES ${ARG_INCLUDES} DEFINITIONS ${ARG_DEFINITIONS})
    if(NOT ${builds})
      unset(${builds} CACHE)
      message(STATUS
        "Left out: the server ${id}, which does not build with ${ARG_PACKAGE} ${ARG_VERSION} "
        "(known: up to ${ARG_NEWEST}): ${first_error}")
      return()
    endif()
  endif()
  benchhost_plugin(${id} SOURCES ${ARG_SOURCES} LIBRARIES ${ARG_LIBRARIES})
  set_property(GLOBAL APPEND PROPERTY BENCHHOST_SERVER_PLUGINS ${id})
  target_include_directories(benchhost_plugin_${id} SYSTEM PRIVATE ${ARG_INCLUDES})
  target_compile_definitions(benchhost_plugin_${id} PRIVATE ${ARG_DEFINITIONS})
endfunction()

# benchhost_pkg_config_plugin(<id> MODULE <name> NEWEST <known> PACKAGE <Debian package>
#                             SOURCES <file>... ...)
# The same of a library that pkg-config knows.
function(benchhost_pkg_config_plugin id)
  cmake_parse_arguments(ARG "" "MODULE;NEWEST;PACKAGE" "SOURCES;LIBRARIES;INCLUDES;DEFINITIONS" ${ARGN})
  if(PKG_CONFIG_FOUND)
    pkg_check_modules(BENCHHOST_${id} QUIET IMPORTED_TARGET ${ARG_MODULE})
  endif()
  if(NOT BENCHHOST_${id}_FOUND)
    benchhost_leave_out("the server ${id}" ${ARG_PACKAGE} pkgconf)
    return()
  endif()
  benchhost_server_plugin(${id} VERSION "${BENCHHOST_${id}_VERSION}" NEWEST ${ARG_NEWEST}
    PACKAGE ${ARG_PACKAGE} SOURCES ${ARG_SOURCES}
    LIBRARIES PkgConfig::BENCHHOST_${id} ${ARG_LIBRARIES} Threads::Threads
    INCLUDES ${ARG_INCLUDES} DEFINITIONS ${ARG_DEFINITIONS})
endfunction()
