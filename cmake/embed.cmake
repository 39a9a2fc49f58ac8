# taut_embed(TARGET NAME FILE): the bytes of FILE as `std::string_view taut::embedded::NAME()`,
# declared in "embedded/NAME.hh". The assembler takes the file in, so its size costs no compile time.
function(taut_embed target name file)
  set(dir ${CMAKE_BINARY_DIR}/embedded)
  file(GENERATE OUTPUT ${dir}/embedded/${name}.hh CONTENT
"#pragma once
#include <string_view>
namespace taut::embedded { std::string_view ${name}(); }
")
  file(GENERATE OUTPUT ${dir}/${name}.cc CONTENT
"#include \"embedded/${name}.hh\"
asm(\".section .rodata\\n\"
    \"taut_embedded_${name}_begin: .incbin \\\"${file}\\\"\\n\"
    \"taut_embedded_${name}_end: .byte 0\\n\"
    \".globl taut_embedded_${name}_begin\\n.globl taut_embedded_${name}_end\\n\"
    \".text\\n\");
extern \"C\" const char taut_embedded_${name}_begin[], taut_embedded_${name}_end[];
namespace taut::embedded {
std::string_view ${name}() {
  return {taut_embedded_${name}_begin,
          static_cast<size_t>(taut_embedded_${name}_end - taut_embedded_${name}_begin)};
}
}
")
  set_source_files_properties(${dir}/${name}.cc TARGET_DIRECTORY ${target} PROPERTIES OBJECT_DEPENDS ${file} SKIP_PRECOMPILE_HEADERS ON)
  target_sources(${target} PRIVATE ${dir}/${name}.cc)
  target_include_directories(${target} PUBLIC ${dir})
endfunction()
