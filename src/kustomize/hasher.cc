#include "kustomize/hasher.hh"

#include <fmt/format.h>

#include "base/sha256.hh"
#include "kustomize/go_json.hh"
#include "value/json.hh"
#include "yaml/spelling.hh"

namespace taut::kustomize {
namespace {

constexpr size_t kLength = 10;

// Without vowels and look-alikes, as kubectl's hashes.
std::string encode(std::string_view hex) {
  std::string out(hex.substr(0, kLength));
  for (char& c : out) {
    switch (c) {
      case '0': c = 'g'; break;
      case '1': c = 'h'; break;
      case '3': c = 'k'; break;
      case 'a': c = 'm'; break;
      case 'e': c = 't'; break;
      default: break;
    }
  }
  return out;
}

// A field as it is hashed: text for scalars, "" when it is not there, null for lists.
Result<Value> hashed(const Value& field) {
  if (field.is_list()) return Value();
  if (!field.is_map()) return Value(field.is_null() ? std::string() : yaml::scalar_text(field));
  Value out = field;
  TAUT_TRY(yaml::settle(out));
  through_json(out);
  return out;
}

Result<Value> hashed_content(const Resource& resource, const std::string& kind) {
  const Value& object = resource.object;
  if (kind != "ConfigMap" && kind != "Secret") return resource.settled();
  // Upstream looks for one field called "metadata/name", so the name is always empty.
  Value out = Value::map({{"kind", Value(kind)}, {"name", ""}});
  TAUT_ASSIGN(Value data, hashed(object["data"]));
  out.set("data", std::move(data));
  bool secret = kind == "Secret";
  if (secret) {
    TAUT_ASSIGN(Value type, hashed(object["type"]));
    out.set("type", std::move(type));
  }
  std::string_view more = secret ? "stringData" : "binaryData";
  TAUT_ASSIGN(Value extra, hashed(object[more]));
  if (!extra.is_string()) out.set(more, std::move(extra));
  return out;
}

}  // namespace

Result<std::string> content_hash(const Resource& resource) {
  TAUT_ASSIGN(Value content, hashed_content(resource, resource.kind()));
  return encode(sha256_hex(to_json(content, {.escape_html = true})));
}

}  // namespace taut::kustomize
