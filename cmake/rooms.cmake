option(PERPWATCH_ROOMS_TOGETHER "rooms and bots are compiled several files at a time (decision 0017)" OFF)
# A room is a static library of the folder it is declared in; a room links only rooms below it.
#   perpwatch_room(NAME SOURCES a.cpp … LINKS pw_base …)        -> target pw_NAME
#     SMALL: what runs a few times a second at most, so the release build makes it small rather than fast
#   perpwatch_test(NAME SOURCES a_test.cpp … LINKS pw_NAME …)   -> executable NAME_test, every TEST a CTest
function(perpwatch_room name)
  cmake_parse_arguments(ARG "SMALL" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  add_library(pw_${name} STATIC ${ARG_SOURCES})
  if(ARG_SMALL)
    target_compile_options(pw_${name} PRIVATE $<$<CONFIG:RelWithDebInfo>:-Os>)
  endif()
  if(PERPWATCH_ROOMS_TOGETHER AND CMAKE_CURRENT_SOURCE_DIR MATCHES "/(common|bots)/")
    perpwatch_compile_together(pw_${name})
    # Of a class with a part that has no linkage, in an included file. The other presets look at each file by itself.
    target_compile_options(pw_${name} PRIVATE -Wno-subobject-linkage)
  endif()
  target_link_libraries(pw_${name} PUBLIC project_options ${ARG_LINKS} PRIVATE ${ARG_PRIVATE_LINKS})
endfunction()

# Test code is compiled several files at a time (decision 0017): most of its time goes into the same headers and templates.
# Files that stand APART are compiled alone: in an included file g++ takes a class or coroutine frame with a part that has no
# linkage for a mistake.
function(perpwatch_compile_together target)
  cmake_parse_arguments(ARG "" "" "APART" ${ARGN})
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
  set_source_files_properties(${ARG_APART} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

function(perpwatch_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT;ENVIRONMENT" "SOURCES;LINKS;LABELS;APART" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 60)
  endif()
  add_executable(${name}_test ${ARG_SOURCES})
  perpwatch_compile_together(${name}_test APART ${ARG_APART})
  target_link_libraries(${name}_test PRIVATE project_options ${ARG_LINKS} GTest::gmock GTest::gtest_main)
  set(properties TIMEOUT ${ARG_TIMEOUT} SKIP_REGULAR_EXPRESSION "\\[  SKIPPED \\]")
  if(ARG_ENVIRONMENT)
    list(APPEND properties ENVIRONMENT "${ARG_ENVIRONMENT}")
  endif()
  if(ARG_TIMEOUT GREATER 60)
    list(APPEND properties COST ${ARG_TIMEOUT})  # begun before the short ones: none is left over at the end, alone
  endif()
  list(APPEND ARG_LABELS ${perpwatch_test_label})
  if(ARG_LABELS)
    list(APPEND properties LABELS "${ARG_LABELS}")
  endif()
  # Without the values: of a struct they are bytes, other ones in each build.
  gtest_discover_tests(${name}_test TEST_PREFIX ${name}. NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60 PROPERTIES ${properties})
endfunction()
