# What reads answers and reaches servers; core/load/CMakeLists.txt builds it with the engine.
set(BENCHHOST_LOAD_PARSER_SOURCES
  failure.cpp framing_fields.cpp head_cache.cpp probe.cpp raw_connection.cpp response_parser.cpp target.cpp)
