# How a benchhost plugin is built, here and in a project of its own.

# benchhost_add_plugin(NAME <id> SOURCES <file>... [LIBRARIES <target>...] [TARGET <name>])
# <id>.so, loadable by benchhost, as target <id> (or TARGET). Its symbols are hidden, but for the one
# that benchhost asks for; a symbol that is missing is an error now and not at run time.
# -fno-gnu-unique: an unloaded plugin is really unmapped, and two plugins never share a static.
function(benchhost_add_plugin)
  cmake_parse_arguments(PARSE_ARGV 0 ARG "" "NAME;TARGET" "SOURCES;LIBRARIES")
  if(NOT ARG_NAME OR NOT ARG_SOURCES OR ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR
      "write benchhost_add_plugin(NAME <id> SOURCES <file>... [LIBRARIES <target>...])")
  endif()
  if(NOT ARG_TARGET)
    set(ARG_TARGET "${ARG_NAME}")
  endif()
  add_library(${ARG_TARGET} MODULE ${ARG_SOURCES})
  set_target_properties(${ARG_TARGET} PROPERTIES
    PREFIX "" OUTPUT_NAME "${ARG_NAME}" SUFFIX ".so" POSITION_INDEPENDENT_CODE ON
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if(CXX IN_LIST languages)
    target_compile_features(${ARG_TARGET} PRIVATE cxx_std_17)
  endif()
  target_compile_options(${ARG_TARGET} PRIVATE
    $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:GNU>>:-fno-gnu-unique>)
  string(FIND "${CMAKE_C_FLAGS} ${CMAKE_CXX_FLAGS}" "-fsanitize" sanitizer)
  if(sanitizer EQUAL -1)  # a sanitizer's own symbols come with the host
    target_link_options(${ARG_TARGET} PRIVATE LINKER:-z,defs)
  endif()
  target_link_libraries(${ARG_TARGET} PRIVATE benchhost::plugin_sdk ${ARG_LIBRARIES})
endfunction()
