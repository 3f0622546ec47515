# Run by cpack before it packs: what the package benchhost depends on, and what it recommends, as
# dpkg-shlibdeps finds it in the build tree. A server whose library is not installed is left out of
# the measuring, so its library is recommended.
if(NOT CPACK_GENERATOR STREQUAL DEB)
  return()
endif()
# It insists on a source package to stand in.
set(folder "${CPACK_PACKAGE_DIRECTORY}/_shlibdeps")
file(WRITE "${folder}/debian/control" "Source: benchhost\n\nPackage: benchhost\nArchitecture: any\n")
set(required ${CPACK_BENCHHOST_REQUIRED})
set(optional ${CPACK_BENCHHOST_OPTIONAL})
list(TRANSFORM required PREPEND "-e")
list(TRANSFORM optional PREPEND "-e")
execute_process(COMMAND dpkg-shlibdeps -O -dDepends ${required} -dRecommends ${optional}
  WORKING_DIRECTORY "${folder}"
  OUTPUT_VARIABLE fields ERROR_VARIABLE complaints RESULT_VARIABLE status)
file(REMOVE_RECURSE "${folder}")
if(NOT status EQUAL 0)
  message(FATAL_ERROR
    "dpkg-shlibdeps cannot tell the libraries of the package benchhost (status ${status}; it is in "
    "dpkg-dev): ${complaints}")
endif()
string(REGEX MATCH "shlibs:Depends=([^\n]+)" found "${fields}")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_DEPENDS "${CMAKE_MATCH_1}")
if(fields MATCHES "shlibs:Recommends=([^\n]+)")
  string(APPEND CPACK_DEBIAN_RUNTIME_PACKAGE_RECOMMENDS ", ${CMAKE_MATCH_1}")
endif()
