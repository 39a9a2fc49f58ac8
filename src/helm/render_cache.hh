// What is kept between renders: parsed templates and compiled schemas, so that a chart's texts are read once, whatever
// its values; and of releases that are rendered again and again, what their templates gave.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/hash.hh"
#include "lang/gotmpl/template_set.hh"
#include "lang/jsonschema/schema.hh"
#include "tree/tree.hh"

namespace taut::helm {

class RenderMemo;

// Thread-safe. What is parsed stays until the size is passed; then all is dropped that no render holds.
class RenderCache {
 public:
  // 0 keeps nothing: for one render only.
  explicit RenderCache(size_t max_bytes = size_t{64} << 20, size_t max_memo_bytes = size_t{8} << 20)
      : max_bytes_(max_bytes), max_memo_bytes_(max_bytes == 0 ? 0 : max_memo_bytes) {}

  // The text parsed as the template `name`; errors of gotmpl::parse, which are not kept.
  Result<std::shared_ptr<const gotmpl::Parsed>> parse(const std::string& name, const FileText& text,
                                                      const gotmpl::FunctionTable& functions);

  // A values.schema.json compiled; errors of the JSON reader and of jsonschema::Schema, which are not kept.
  Result<jsonschema::Schema> schema(std::string_view text);

  // The memo of what `key` names, taken out for one render; nullptr for the first render of it, since most there is no
  // second of. What is not given back is forgotten.
  std::shared_ptr<RenderMemo> take_memo(const Hash128& key);
  void give_memo(const Hash128& key, std::shared_ptr<RenderMemo> memo, size_t bytes);

 private:
  void make_room(size_t bytes);
  struct Memo {
    std::shared_ptr<RenderMemo> memo;  // nullptr: rendered once
    size_t bytes = 0;
  };
  // By the very text, which the Parsed keeps.
  struct Source {
    const std::string* text;
    const gotmpl::FunctionTable* functions;
    std::string name;
    bool operator==(const Source&) const = default;
  };
  struct SourceHash {
    size_t operator()(const Source& s) const {
      return mix(reinterpret_cast<uintptr_t>(s.text), reinterpret_cast<uintptr_t>(s.functions));
    }
  };

  size_t max_bytes_, max_memo_bytes_;
  std::mutex mutex_;
  size_t bytes_ = 0;  // of the texts
  std::unordered_map<Hash128, std::shared_ptr<const gotmpl::Parsed>> parsed_;
  std::unordered_map<Source, std::shared_ptr<const gotmpl::Parsed>, SourceHash> by_source_;
  std::unordered_map<Hash128, Memo> memos_;
  size_t memo_bytes_ = 0;
  std::unordered_map<Hash128, jsonschema::Schema> schemas_;
};

}  // namespace taut::helm
