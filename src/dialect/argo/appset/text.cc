#include "dialect/argo/appset/text.hh"

#include <algorithm>

#include "base/strings.hh"
#include "dialect/argo/appset/functions.hh"
#include "lang/gotmpl/execution.hh"

namespace taut::argo::appset {
namespace {

constexpr std::string_view kOpen = "{{", kClose = "}}";
constexpr size_t kLongestName = 253;

Result<gotmpl::MissingKey> missing_key(const std::vector<std::string>& options) {
  gotmpl::MissingKey out = gotmpl::MissingKey::kDefault;
  for (const std::string& option : options) {
    if (option == "missingkey=default" || option == "missingkey=invalid")
      out = gotmpl::MissingKey::kDefault;
    else if (option == "missingkey=zero")
      out = gotmpl::MissingKey::kZero;
    else if (option == "missingkey=error")
      out = gotmpl::MissingKey::kError;
    else
      return fail(Code::kInvalid, "unrecognized option: {}", option);
  }
  return out;
}

Result<std::string> fill_go(std::string_view text, const Value& parameters, const Language& language) {
  gotmpl::Heap heap(size_t{64} << 20);
  gotmpl::TemplateSet set(functions());
  TAUT_ASSIGN(auto missing, missing_key(language.options));
  if (Status parsed = set.parse("base", text); !parsed)
    return fail(parsed.error().code(), "failed to parse template {}: {}", text, parsed.error().message());
  gotmpl::Environment environment;
  gotmpl::Execution run(set, heap, environment, missing, {.steps = 10'000'000, .output = size_t{16} << 20});
  auto out = run.render("base", heap.wrap(parameters, gotmpl::Numbers::kFloat64));
  if (!out) return fail(out.error().code(), "failed to execute go template {}: {}", text, out.error().message());
  return out;
}

// Whether one of the lines has both braces: no other text is taken for a template.
bool has_tags(std::string_view text) {
  return std::ranges::any_of(split(text, '\n'), [](std::string_view line) {
    size_t open = line.find(kOpen);
    return open != std::string_view::npos && line.find(kClose, open + kOpen.size()) != std::string_view::npos;
  });
}

Result<std::string> fill_tags(std::string_view whole, const Value& parameters) {
  std::string out;
  for (std::string_view text = whole;;) {
    size_t open = text.find(kOpen);
    if (open == std::string_view::npos) return out.append(text);
    size_t close = text.find(kClose, open + kOpen.size());
    if (close == std::string_view::npos)
      return fail(Code::kInvalid, "invalid template: Cannot find end tag={} in the template={} starting from {}", quote(kClose),
                  quote(whole), quote(text.substr(open + kOpen.size())));
    out.append(text.substr(0, open));
    std::string_view tag = text.substr(open + kOpen.size(), close - open - kOpen.size());
    std::string_view name = trim(tag);
    const Value* value = name.empty() ? nullptr : parameters.find(name);
    if (value && value->is_string())
      out.append(value->as_string());
    else
      out.append(kOpen).append(tag).append(kClose);
    text.remove_prefix(close + kClose.size());
  }
}

// The fields of generators and Applications that are JSON of any form in Go's types, which errors tell.
bool is_json_field(std::string_view name, const Value& value) {
  return (name == "elements" && value.is_list()) || (name == "valuesObject" && value.is_map());
}

}  // namespace

Language Language::of(const Value& application_set) {
  const Value& spec = application_set["spec"];
  Language out{spec["goTemplate"].as_bool(), {}};
  for (const Value& option : spec["goTemplateOptions"].items()) out.options.push_back(option.str());
  return out;
}

Result<std::string> fill(std::string_view text, const Value& parameters, const Language& language) {
  bool plain = text.find(kOpen) == std::string_view::npos;
  if (language.go_template && !(plain && language.options.empty())) return fill_go(text, parameters, language);
  if (has_tags(text)) return fill_tags(text, parameters);
  return std::string(text);
}

Result<Value> fill_all(const Value& document, const Value& parameters, const Language& language) {
  if (document.is_string()) {
    TAUT_ASSIGN(auto text, fill(document.as_string(), parameters, language));
    return Value(text);
  }
  if (document.is_list()) {
    Value out = Value::list();
    for (const Value& item : document.items()) {
      TAUT_ASSIGN(Value filled, fill_all(item, parameters, language));
      out.push_back(std::move(filled));
    }
    return out;
  }
  if (!document.is_map()) return document;
  Value out = Value::map({});
  for (const auto& [key, item] : document.entries()) {
    if (item.is_null()) continue;
    auto filled = fill_all(item, parameters, language);
    if (!filled && is_json_field(key.as_string(), item))
      return fail(filled.error().code(), "failed to deeply replace JSON field contents: {}", filled.error().message());
    if (!filled) return filled;
    TAUT_ASSIGN(auto name, fill(key.as_string(), parameters, language));
    out.set(name, std::move(*filled));
  }
  return out;
}

std::string normalized_name(std::string_view name) {
  std::string out = to_lower(name);
  std::string clean;
  for (size_t i = 0; i < out.size(); ++i) {
    char c = out[i];
    bool allowed = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    bool continuation = (static_cast<unsigned char>(c) & 0xc0) == 0x80;  // a character of several bytes is one "-"
    if (!continuation) clean += allowed ? c : '-';
  }
  if (clean.size() > kLongestName) clean.resize(kLongestName);
  size_t from = clean.find_first_not_of("-.");
  if (from == std::string::npos) return "";
  return clean.substr(from, clean.find_last_not_of("-.") - from + 1);
}

std::string slug_of(std::string_view text, size_t longest, bool whole_words) {
  std::string out, lower = to_lower(text);
  // Cut before what stands for one "-" becomes one.
  if (!whole_words && lower.size() > longest) lower.resize(longest);
  for (char c : lower) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain || (!out.empty() && !out.ends_with('-'))) out += plain ? c : '-';
  }
  auto trimmed = [&] { while (out.ends_with('-')) out.pop_back(); };
  trimmed();
  if (!whole_words || longest == 0 || out.size() <= longest) return out;
  size_t dash = out.rfind('-', longest);
  out.resize(dash == std::string::npos ? longest : dash);
  return out;
}

}  // namespace taut::argo::appset
