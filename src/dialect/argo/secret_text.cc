#include "dialect/argo/secret_text.hh"

#include "base/base64.hh"

namespace taut::argo {

std::string secret_text(const Value& secret, std::string_view key) {
  if (const Value* plain = secret["stringData"].find(key)) return plain->str();
  return base64_decode(secret["data"][key].as_string()).value_or("");
}

}  // namespace taut::argo
