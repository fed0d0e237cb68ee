# One interface target carries every compile decision; every target of ours links it.
add_library(project_options INTERFACE)
target_compile_features(project_options INTERFACE cxx_std_20)
target_include_directories(project_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(project_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow=local -Wconversion -Wsign-conversion
  -Woverloaded-virtual -Wnon-virtual-dtor -Wimplicit-fallthrough -Wsuggest-override
  # g++ 12.2 reports the frame allocator of Asio's coroutines falsely.
  -Wno-mismatched-new-delete)
option(WARNINGS_AS_ERRORS "every preset but a bare configure sets it" OFF)
if(WARNINGS_AS_ERRORS)
  target_compile_options(project_options INTERFACE -Werror)
endif()
set(SANITIZE "" CACHE STRING "empty, 'address,undefined' or 'thread'")
# Half the time of bfd for each of the hundred links; it comes with binutils.
find_program(GOLD_LINKER ld.gold)
if(GOLD_LINKER)
  add_link_options(-fuse-ld=gold)
endif()
# A release carries only what is called, and of functions that came out the same one (decision 0025).
if(CMAKE_BUILD_TYPE STREQUAL RelWithDebInfo)
  add_compile_options(-ffunction-sections -fdata-sections)
  add_link_options(-Wl,--gc-sections)
  if(GOLD_LINKER)
    add_link_options(-Wl,--icf=safe)
  endif()
endif()
if(SANITIZE)
  # Third-party bodies that we compile (Boost) must carry the same instrumentation: hence global.
  add_compile_options(-fsanitize=${SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SANITIZE})
  if(SANITIZE MATCHES address AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    add_link_options(-no-pie)  # a process for each of two thousand tests: a fifth of its start is moving addresses
  endif()
  if(SANITIZE STREQUAL "thread")
    # Asio's fences, which g++ 12 does not model (our own code has none); false of std::optional at -O1.
    add_compile_options(-Wno-tsan -Wno-maybe-uninitialized)
  else()
    # ASan reports null pointers by itself; the three together cost a sixth of all compile time (decision 0017).
    add_compile_options(-fno-sanitize-recover=all -fno-sanitize=null,vptr,alignment)
  endif()
endif()
