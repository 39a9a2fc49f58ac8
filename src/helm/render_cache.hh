// Parsed templates and compiled schemas, kept between renders: a chart's texts are read once, whatever its values.
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

// Thread-safe. What is parsed stays until the size is passed; then all is dropped that no render holds.
class RenderCache {
 public:
  explicit RenderCache(size_t max_bytes = size_t{64} << 20) : max_bytes_(max_bytes) {}

  // The text parsed as the template `name`; errors of gotmpl::parse, which are not kept.
  Result<std::shared_ptr<const gotmpl::Parsed>> parse(const std::string& name, const FileText& text,
                                                      const gotmpl::FunctionTable& functions);

  // A values.schema.json compiled; errors of the JSON reader and of jsonschema::Schema, which are not kept.
  Result<jsonschema::Schema> schema(std::string_view text);

 private:
  void make_room(size_t bytes);

  size_t max_bytes_;
  std::mutex mutex_;
  size_t bytes_ = 0;  // of the texts
  std::unordered_map<Hash128, std::shared_ptr<const gotmpl::Parsed>> parsed_;
  std::unordered_map<Hash128, jsonschema::Schema> schemas_;
};

}  // namespace taut::helm
