// Any argument of --set in each of its forms: it ends in values or in an error with words, and values that were set
// are values still after another argument.
#include <string>
#include <string_view>

#include "helm/strvals.hh"
#include "value/json.hh"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace taut::helm;
  if (size == 0) return 0;
  constexpr SetMode kModes[] = {SetMode::kTyped, SetMode::kString, SetMode::kJson, SetMode::kFile, SetMode::kLiteral};
  const SetMode mode = kModes[data[0] % std::size(kModes)];
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  auto read = [](std::string_view path) -> taut::Result<std::string> { return std::string(path); };
  taut::Value values = *taut::parse_json(R"({"a":{"b":[1,{"c":null}]},"l":["x"]})");
  taut::Status status = apply_set(text, mode, values, read);
  if (!status && status.error().message().empty()) __builtin_trap();
  if (status && !taut::parse_json(taut::to_json(values))) __builtin_trap();
  return 0;
}
