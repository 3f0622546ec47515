# cmake -DNPM=<npm or empty> -DSOURCES=<report/html> -DFOLDER=<build folder> -DOUT=<charts.js>
#   -P bundle.cmake
# Bundles the charts with npm. Without npm or its network the build goes on with an empty bundle:
# the page then lacks its charts and says so, the tables do not need them.
file(MAKE_DIRECTORY "${FOLDER}")
function(go_without reason)
  message(STATUS "report.html will have tables but no charts: ${reason}")
  file(WRITE "${OUT}" "")
endfunction()
if(NOT NPM)
  go_without("npm was not found")
  return()
endif()
file(COPY "${SOURCES}/package.json" "${SOURCES}/package-lock.json" "${SOURCES}/charts.js"
  DESTINATION "${FOLDER}")
execute_process(COMMAND "${NPM}" ci --no-audit --no-fund --silent
  WORKING_DIRECTORY "${FOLDER}" RESULT_VARIABLE failed OUTPUT_QUIET ERROR_QUIET TIMEOUT 300)
if(NOT failed EQUAL 0)
  go_without("npm could not fetch the packages of report/formats/html/package-lock.json")
  return()
endif()
execute_process(COMMAND "${NPM}" run --silent build -- "--outfile=${OUT}" --log-level=error
  WORKING_DIRECTORY "${FOLDER}" RESULT_VARIABLE failed OUTPUT_VARIABLE output
  ERROR_VARIABLE output TIMEOUT 300)
if(NOT failed EQUAL 0)
  message(FATAL_ERROR "esbuild could not bundle report/formats/html/charts.js:\n${output}")
endif()
