#include "helm/render_cache.hh"

#include "value/json.hh"

namespace taut::helm {

Result<std::shared_ptr<const gotmpl::Parsed>> RenderCache::parse(const std::string& name, const FileText& text,
                                                                 const gotmpl::FunctionTable& functions) {
  const Hash128 of_name = hash128(name), of_text = hash128(*text);
  const auto table = reinterpret_cast<uintptr_t>(&functions);
  const Hash128 key{mix(mix(of_name.high, of_text.high), table), mix(of_name.low, of_text.low)};
  {
    std::lock_guard lock(mutex_);
    if (auto it = parsed_.find(key); it != parsed_.end()) return it->second;
  }
  TAUT_ASSIGN(auto parsed, gotmpl::parse_shared(name, text, functions));
  std::lock_guard lock(mutex_);
  make_room(text->size());
  parsed_.emplace(key, parsed);
  return parsed;
}

Result<jsonschema::Schema> RenderCache::schema(std::string_view text) {
  const Hash128 key = hash128(text);
  {
    std::lock_guard lock(mutex_);
    if (auto it = schemas_.find(key); it != schemas_.end()) return it->second;
  }
  TAUT_ASSIGN(Value document, parse_json(text));
  TAUT_ASSIGN(jsonschema::Schema schema, jsonschema::Schema::compile(document));
  std::lock_guard lock(mutex_);
  make_room(text.size());
  schemas_.emplace(key, schema);
  return schema;
}

void RenderCache::make_room(size_t bytes) {
  if (bytes_ + bytes > max_bytes_) {
    parsed_.clear();
    schemas_.clear();
    bytes_ = 0;
  }
  bytes_ += bytes;
}

}  // namespace taut::helm
