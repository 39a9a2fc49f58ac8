// Selectors of patches and replacements: anchored regular expressions on the parts of an id, and label selectors.
#pragma once

#include <memory>
#include <string>

#include "kustomize/resource.hh"
#include "object/selector.hh"

namespace re2 {
class RE2;
}

namespace taut::kustomize {

// One regular expression in Go's syntax that has to match all of a text; an empty one matches anything.
class FullMatch {
 public:
  FullMatch() = default;
  // kInvalid with the words of Go's regexp package.
  static Result<FullMatch> compile(std::string_view pattern);
  bool operator()(std::string_view text) const;

 private:
  std::string literal_;
  std::shared_ptr<const re2::RE2> regex_;  // where the pattern is more than its text
};

class Selector {
 public:
  // {group, version, kind, name, namespace, labelSelector, annotationSelector}
  static Result<Selector> of(const Value& config);

  // Group, version and kind as they are now; name and namespace as they are or were first; labels and annotations.
  // An error when a label selector cannot be read, which upstream tells only when it comes to it.
  Result<bool> matches(const Resource& resource) const;
  // Only the parts of the id.
  bool matches_id(const ResId& id) const;
  bool matches_gvk(const Gvk& gvk) const;
  bool any_id() const { return any_id_; }

 private:
  Result<bool> matches_selectors(const Resource& resource) const;

  FullMatch group_, version_, kind_, name_, ns_;
  bool any_id_ = true;  // nothing is asked of the id
  std::string labels_text_, annotations_text_;
  Result<LabelSelector> labels_ = LabelSelector(), annotations_ = LabelSelector();
};

}  // namespace taut::kustomize
