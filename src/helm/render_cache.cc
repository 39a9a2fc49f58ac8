#include "helm/render_cache.hh"

#include <utility>

#include "helm/render_memo.hh"
#include "value/json.hh"

namespace taut::helm {

Result<std::shared_ptr<const gotmpl::Parsed>> RenderCache::parse(const std::string& name, const FileText& text,
                                                                 const gotmpl::FunctionTable& functions) {
  const Source source{text.get(), &functions, name};
  {
    std::lock_guard lock(mutex_);
    if (auto it = by_source_.find(source); it != by_source_.end()) return it->second;
  }
  const Hash128 of_name = hash128(name), of_text = hash128(*text);
  const auto table = reinterpret_cast<uintptr_t>(&functions);
  const Hash128 key{mix(mix(of_name.high, of_text.high), table), mix(of_name.low, of_text.low)};
  {
    std::lock_guard lock(mutex_);
    if (auto it = parsed_.find(key); it != parsed_.end()) return it->second;
  }
  TAUT_ASSIGN(auto parsed, gotmpl::parse_shared(name, text, functions));
  if (max_bytes_ == 0) return parsed;
  std::lock_guard lock(mutex_);
  make_room(text->size());
  parsed_.emplace(key, parsed);
  by_source_.emplace(source, parsed);
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
    by_source_.clear();
    schemas_.clear();
    bytes_ = 0;
  }
  bytes_ += bytes;
}

std::shared_ptr<RenderMemo> RenderCache::take_memo(const Hash128& key) {
  if (max_memo_bytes_ == 0) return nullptr;
  std::lock_guard lock(mutex_);
  auto [it, first] = memos_.try_emplace(key);
  if (first) return nullptr;
  memo_bytes_ -= std::exchange(it->second.bytes, 0);
  auto memo = std::exchange(it->second.memo, nullptr);
  return memo ? memo : std::make_shared<RenderMemo>();
}

void RenderCache::give_memo(const Hash128& key, std::shared_ptr<RenderMemo> memo, size_t bytes) {
  std::lock_guard lock(mutex_);
  if (memo_bytes_ + bytes > max_memo_bytes_ || memos_.size() > 100'000) {
    memos_.clear();
    memo_bytes_ = 0;
    if (bytes > max_memo_bytes_) return;
  }
  Memo& kept = memos_[key];
  memo_bytes_ += bytes - kept.bytes;
  kept = {std::move(memo), bytes};
}

}  // namespace taut::helm
