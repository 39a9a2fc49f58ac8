# Compiler switches that hold for every room.
find_program(CCACHE ccache)
if(CCACHE)
  # The sloppiness lets ccache work with precompiled headers; the base directory shares hits between clones.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-pthread -Winvalid-pch -Wall -Wextra -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  add_compile_options(-fpch-preprocess)
endif()
add_compile_definitions(_FILE_OFFSET_BITS=64)

if(TAUT_SANITIZE STREQUAL "address")
  # Clang's build has the fuzz programs, too. Without `function`, by which clang 14 cannot compile coroutines.
  set(sanitizers address,undefined)
  add_link_options(-fsanitize=${sanitizers})
  if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
    set(TAUT_FUZZ ON)
    string(APPEND sanitizers ",fuzzer-no-link -fno-sanitize=function")
  endif()
  separate_arguments(sanitizers UNIX_COMMAND "-fsanitize=${sanitizers}")
  add_compile_options(${sanitizers} -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_compile_definitions(TAUT_SANITIZED)
elseif(TAUT_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread)
  add_link_options(-fsanitize=thread)
endif()
