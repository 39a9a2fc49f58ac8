#include "kustomize/selector.hh"

#include <re2/re2.h>

#include "base/go_regexp.hh"

namespace taut::kustomize {
namespace {

constexpr std::string_view kSpecial = R"(\.+*?()|[]{}^$)";

}  // namespace

Result<FullMatch> FullMatch::compile(std::string_view pattern) {
  FullMatch out;
  if (pattern.find_first_of(kSpecial) == std::string_view::npos) {
    out.literal_ = std::string(pattern);
    return out;
  }
  TAUT_ASSIGN(out.regex_, compile_go_regexp(fmt::format("^(?:{})$", pattern)));
  return out;
}

bool FullMatch::operator()(std::string_view text) const {
  if (regex_) return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *regex_);
  return literal_.empty() || literal_ == text;
}

Result<Selector> Selector::of(const Value& config) {
  Selector out;
  TAUT_ASSIGN(out.group_, FullMatch::compile(config["group"].as_string()));
  TAUT_ASSIGN(out.version_, FullMatch::compile(config["version"].as_string()));
  TAUT_ASSIGN(out.kind_, FullMatch::compile(config["kind"].as_string()));
  TAUT_ASSIGN(out.name_, FullMatch::compile(config["name"].as_string()));
  TAUT_ASSIGN(out.ns_, FullMatch::compile(config["namespace"].as_string()));
  for (const char* field : {"group", "version", "kind", "name", "namespace"})
    out.any_id_ = out.any_id_ && config[field].empty();
  out.labels_text_ = config["labelSelector"].str();
  out.annotations_text_ = config["annotationSelector"].str();
  out.labels_ = LabelSelector::parse(out.labels_text_);
  out.annotations_ = LabelSelector::parse(out.annotations_text_);
  return out;
}

bool Selector::matches_gvk(const Gvk& gvk) const {
  return group_(gvk.group) && version_(gvk.version) && kind_(gvk.kind);
}

bool Selector::matches_id(const ResId& id) const { return matches_gvk(id.gvk) && name_(id.name) && ns_(id.ns); }

Result<bool> Selector::matches(const Resource& resource) const {
  if (!kind_(resource.kind())) return false;
  std::string name = resource.name();
  bool named = name_(name) || (!resource.previous.empty() && name_(resource.previous.front().name));
  if (!named) return false;
  ResId current = resource.current_id();
  // The order of upstream's questions shows only in which error comes first.
  bool space = ns_(resource.original_id().effective_namespace()) || ns_(current.effective_namespace());
  if (!space || !matches_gvk(current.gvk)) return false;
  return matches_selectors(resource);
}

Result<bool> Selector::matches_selectors(const Resource& resource) const {
  if (!labels_) return fail(labels_.error());
  if (!labels_->empty() && !labels_->matches(resource.labels())) return false;
  if (!annotations_) return fail(annotations_.error());
  return annotations_->empty() || annotations_->matches(resource.annotations());
}

}  // namespace taut::kustomize
