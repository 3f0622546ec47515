# What reads answers and reaches servers; core/load/CMakeLists.txt builds it with the engine.
set(BENCHHOST_LOAD_PARSER_SOURCES response_parser.cpp head_cache.cpp)
