# Debian packages, made by `cpack` in the build tree: benchhost (the programs, the plugins and the
# configs), benchhost-dev (what plugins are written with) and, where MPI is, benchhost-mpi.
set(CPACK_PACKAGE_NAME "benchhost")
set(CPACK_PACKAGE_VENDOR "benchhost")
set(CPACK_PACKAGE_CONTACT "The benchhost authors <benchhost@example.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX "/usr")
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL runtime dev)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS OFF)
set(CPACK_DEBIAN_PACKAGE_SECTION "net")

set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME "benchhost")
# CPack would make each library of each server a dependency: a script finds them instead.
set(CPACK_PROJECT_CONFIG_FILE "${CMAKE_CURRENT_LIST_DIR}/BenchhostPackageLibraries.cmake")
get_property(required GLOBAL PROPERTY BENCHHOST_PLUGINS)
get_property(optional GLOBAL PROPERTY BENCHHOST_SERVER_PLUGINS)
list(REMOVE_ITEM required ${optional})
list(TRANSFORM required REPLACE ".+" "${BENCHHOST_PLUGIN_OUTPUT_DIRECTORY}/\\0.so"
  OUTPUT_VARIABLE CPACK_BENCHHOST_REQUIRED)
list(TRANSFORM optional REPLACE ".+" "${BENCHHOST_PLUGIN_OUTPUT_DIRECTORY}/\\0.so"
  OUTPUT_VARIABLE CPACK_BENCHHOST_OPTIONAL)
list(APPEND CPACK_BENCHHOST_REQUIRED "${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/benchhost"
  "${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/benchhost-serve")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_RECOMMENDS "python3-venv")
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION
  "benchhost loads HTTP servers as plugins, puts load on them and writes the comparison.")

set(CPACK_DEBIAN_DEV_PACKAGE_NAME "benchhost-dev")
set(CPACK_DEBIAN_DEV_PACKAGE_ARCHITECTURE "all")
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION "devel")
# json.hpp reads JSON with picojson.
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "picojson-dev, zlib1g-dev")
set(CPACK_DEBIAN_DEV_PACKAGE_RECOMMENDS "benchhost (= ${PROJECT_VERSION}), cmake, g++, pkgconf")
set(CPACK_COMPONENT_DEV_DESCRIPTION
  "Headers, CMake package and project templates for plugins of benchhost.")

# Load from several hosts: apart, so that benchhost does not bring an MPI along.
if(TARGET benchhost-mpi)
  list(APPEND CPACK_COMPONENTS_ALL mpi)
  set(CPACK_DEBIAN_MPI_PACKAGE_NAME "benchhost-mpi")
  set(CPACK_DEBIAN_MPI_PACKAGE_SHLIBDEPS ON)
  set(CPACK_DEBIAN_MPI_PACKAGE_DEPENDS "benchhost (= ${PROJECT_VERSION})")
  set(CPACK_DEBIAN_MPI_PACKAGE_RECOMMENDS "openmpi-bin")
  set(CPACK_COMPONENT_MPI_DESCRIPTION "benchhost with load from several hosts, under MPI.")
endif()
include(CPack)
