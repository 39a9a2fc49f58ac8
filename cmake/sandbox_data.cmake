# The tables that the sandbox carries inside the program.
if(TARGET taut_kinds)
  taut_embed(taut_kinds sandbox_go_types ${CMAKE_SOURCE_DIR}/data/kube/go_types.txt)
  taut_embed(taut_kinds sandbox_go_internal_types ${CMAKE_SOURCE_DIR}/data/kube/go_internal_types.txt)
endif()
if(TARGET taut_sandbox)
  taut_embed(taut_sandbox sandbox_openapi ${CMAKE_SOURCE_DIR}/data/kube/openapi_v3.json.gz)
  target_link_libraries(taut_sandbox PUBLIC lazy_zlib)
endif()
# The test of the server speaks to it as any client would.
if(TARGET sandbox_test)
  target_link_libraries(sandbox_test PRIVATE lazy_curl)
endif()
