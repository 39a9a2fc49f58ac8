#include "kustomize/selector.hh"

#include <re2/re2.h>

namespace taut::kustomize {
namespace {

constexpr std::string_view kSpecial = R"(\.+*?()|[]{}^$)";

// Go's name for what is wrong with a pattern.
std::string_view go_problem(RE2::ErrorCode code) {
  switch (code) {
    case RE2::ErrorBadEscape: return "invalid escape sequence";
    case RE2::ErrorBadCharClass: return "invalid character class";
    case RE2::ErrorBadCharRange: return "invalid character class range";
    case RE2::ErrorMissingBracket: return "missing closing ]";
    case RE2::ErrorMissingParen: return "missing closing )";
    case RE2::ErrorUnexpectedParen: return "unexpected )";
    case RE2::ErrorTrailingBackslash: return "trailing backslash at end of expression";
    case RE2::ErrorRepeatArgument: return "missing argument to repetition operator";
    case RE2::ErrorRepeatSize: return "invalid repeat count";
    case RE2::ErrorRepeatOp: return "invalid nested repetition operator";
    case RE2::ErrorBadPerlOp: return "invalid or unsupported Perl syntax";
    case RE2::ErrorBadUTF8: return "invalid UTF-8";
    case RE2::ErrorBadNamedCapture: return "invalid named capture";
    default: return "expression too large";
  }
}

}  // namespace

Result<std::shared_ptr<const RE2>> compile_regex(std::string_view pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  auto regex = std::make_shared<const RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (regex->ok()) return regex;
  return fail(Code::kInvalid, "error parsing regexp: {}: `{}`", go_problem(regex->error_code()), regex->error_arg());
}

Result<FullMatch> FullMatch::compile(std::string_view pattern) {
  FullMatch out;
  if (pattern.find_first_of(kSpecial) == std::string_view::npos) {
    out.literal_ = std::string(pattern);
    return out;
  }
  TAUT_ASSIGN(out.regex_, compile_regex(fmt::format("^(?:{})$", pattern)));
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
