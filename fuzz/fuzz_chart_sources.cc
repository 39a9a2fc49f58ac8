// Any index.yaml, Chart.lock, repositories.yaml and config.json: each is read or refused with words; a lock that is read
// is read again as the same.
#include <string>
#include <string_view>

#include "helm/lock.hh"
#include "io/registry/chart_index.hh"
#include "io/registry/helm_home.hh"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  auto worded = [](const auto& result) {
    if (!result && result.error().message().empty()) __builtin_trap();
  };
  switch (data[0] % 4) {
    case 0: {
      auto index = taut::registry::ChartIndex::parse(text, "https://x/index.yaml");
      worded(index);
      if (index) worded(index->get("a", ">=1"));
      break;
    }
    case 1: {
      auto lock = taut::helm::read_lock(text);
      worded(lock);
      if (!lock) break;
      auto again = taut::helm::read_lock(taut::helm::lock_text(*lock));
      if (!again || taut::helm::lock_text(*again) != taut::helm::lock_text(*lock)) __builtin_trap();
      break;
    }
    case 2: worded(taut::registry::parse_repositories(text)); break;
    default: worded(taut::registry::find_login(text, "r.example.com"));
  }
  return 0;
}
