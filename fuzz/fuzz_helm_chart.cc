// Any bytes as a packed chart: it is refused or it renders within limits.
#include <string_view>

#include "helm/render.hh"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace taut::helm;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto chart = load_chart_archive(bytes, {.file = 1 << 20, .total = 4 << 20, .depth = 4});
  if (!chart) return 0;
  RenderOptions options;
  options.limits = {.steps = 100'000, .output = 1 << 20};
  RenderCache cache;
  (void)render_release(*chart, taut::Value::map(), options, cache);
  return 0;
}
