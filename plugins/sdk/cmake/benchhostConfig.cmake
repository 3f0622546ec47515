# find_package(benchhost): the target benchhost::plugin_sdk and the function benchhost_add_plugin.
include(CMakeFindDependencyMacro)
find_dependency(ZLIB)
include("${CMAKE_CURRENT_LIST_DIR}/benchhostTargets.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/BenchhostPlugin.cmake")
