#include "dialect/argo/appset/text.hh"

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

std::string fill_tags(std::string_view text, const Value& parameters) {
  std::string out;
  while (true) {
    size_t open = text.find(kOpen);
    size_t close = open == std::string_view::npos ? open : text.find(kClose, open + kOpen.size());
    if (close == std::string_view::npos) return out.append(text);
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
  return plain ? std::string(text) : fill_tags(text, parameters);
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
    TAUT_ASSIGN(Value filled, fill_all(item, parameters, language));
    TAUT_ASSIGN(auto name, fill(key.as_string(), parameters, language));
    out.set(name, std::move(filled));
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
  std::string out;
  for (char c : to_lower(text)) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain || (!out.empty() && !out.ends_with('-'))) out += plain ? c : '-';
  }
  auto trimmed = [&] { while (out.ends_with('-')) out.pop_back(); };
  trimmed();
  if (longest == 0 || out.size() <= longest) return out;
  size_t end = longest;
  if (whole_words && out[longest] != '-')
    if (size_t dash = out.rfind('-', longest); dash != std::string::npos && dash > 0) end = dash;
  out.resize(end);
  trimmed();
  return out;
}

}  // namespace taut::argo::appset
